import { mkdirSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import dynalite from 'dynalite';
import { isRecord } from '../template/is-record.ts';
import { type EngineClient, makeEngineClient } from './engine-client.ts';
import { probeStore } from './probe-store.ts';

/** One DynamoDB call of the local cloud itself. @throws Error named after the service's error */
export type DynamoDbCall = (operation: string, input: object) => Promise<Readonly<Record<string, unknown>>>;

export interface TableEngine {
  readonly send: EngineClient;
  readonly call: DynamoDbCall;
  close(): Promise<void>;
}

/** dynalite refuses unsigned requests; it does not look at the values. */
const OWN_AUTHORIZATION =
  'AWS4-HMAC-SHA256 Credential=operator/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=none';

/** Starts dynalite on a free loopback port. @throws Error if the folder can't be opened */
export const openTableEngine = async (folder: string | undefined): Promise<TableEngine> => {
  if (folder !== undefined) {
    mkdirSync(folder, { recursive: true });
    await probeStore(folder);
  }
  const server = dynalite({ ...(folder === undefined ? {} : { path: folder }), createTableMs: 0, deleteTableMs: 0 });
  // The gateway keeps its connections; one that dynalite closes as it is reused would fail a call that was never sent.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const client = makeEngineClient((server.address() as AddressInfo).port);
  return {
    send: client.send,
    call: (operation, input) => callOf(client.send, operation, input),
    close: () =>
      new Promise((resolve, reject) => {
        client.close();
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      }),
  };
};

const callOf = async (send: EngineClient, operation: string, input: object) => {
  const headers = {
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-target': `DynamoDB_20120810.${operation}`,
    'x-amz-date': '20260101T000000Z',
    authorization: OWN_AUTHORIZATION,
  };
  const reply = await send(headers, Buffer.from(JSON.stringify(input)));
  const output: unknown = JSON.parse(String(reply.body));
  if (reply.status === 200 && isRecord(output)) return output;
  const { __type: type, message } = isRecord(output) ? output : {};
  throw Object.assign(new Error(`${operation}: ${String(message)}`), { name: String(type).split('#').at(-1) });
};
