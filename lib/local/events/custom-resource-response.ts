import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

interface CustomResourceResponse {
  readonly status: 'SUCCESS' | 'FAILED';
  readonly physicalResourceId: string;
  readonly reason: string;
}

export interface ResponseServer {
  /** A fresh ResponseURL and what will be PUT to it. `answer` rejects after `timeoutMs` and for what is no response. */
  expect(timeoutMs: number): { readonly url: string; readonly answer: Promise<CustomResourceResponse> };
  close(): Promise<void>;
}

/** CloudFormation's limit for a response. */
const MAX_BYTES = 4096;

/** Takes the answers of custom resources in the place of CloudFormation's pre-signed S3 URLs. */
export const startResponseServer = async (): Promise<ResponseServer> => {
  const expected = new Map<string, (body: string) => void>();
  const server = createServer((request, response) => {
    const take = expected.get(request.url ?? '');
    if (request.method !== 'PUT' || take === undefined) {
      response.writeHead(403).end();
      return;
    }
    readBody(request).then(
      (body) => {
        response.writeHead(200).end();
        take(body);
      },
      () => response.destroy(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    expect: (timeoutMs) => {
      const path = `/${randomUUID()}`;
      const { promise: answer, resolve, reject } = Promise.withResolvers<CustomResourceResponse>();
      const timer = setTimeout(
        () => reject(new Error(`no answer came to its ResponseURL within ${timeoutMs / 1000} s`)),
        timeoutMs,
      );
      timer.unref();
      expected.set(path, (body) => {
        try {
          resolve(parseResponse(body));
        } catch (error) {
          reject(error);
        }
      });
      answer
        .catch(() => undefined)
        .finally(() => {
          clearTimeout(timer);
          expected.delete(path);
        });
      return { url: `http://127.0.0.1:${port}${path}`, answer };
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

const readBody = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
};

const parseResponse = (body: string): CustomResourceResponse => {
  if (Buffer.byteLength(body) > MAX_BYTES) throw new Error(`its response is longer than ${MAX_BYTES} bytes`);
  const value = JSON.parse(body) as Readonly<Record<string, unknown>>;
  const { Status: status, PhysicalResourceId: id, Reason: reason } = value;
  if (status !== 'SUCCESS' && status !== 'FAILED') throw new Error('its response has no Status SUCCESS or FAILED');
  if (status === 'SUCCESS' && (typeof id !== 'string' || id === ''))
    throw new Error('its response has no PhysicalResourceId');
  return { status, physicalResourceId: String(id), reason: String(reason ?? '') };
};
