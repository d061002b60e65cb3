/// <reference path="../../lib/local/engines/dynalite.d.ts" />
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DeleteTableCommand,
  DescribeTableCommand,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { App, type CfnElement } from 'aws-cdk-lib';
import dynalite from 'dynalite';
import { makeDynamoClient } from '../../functions/adapters/dynamodb/client.ts';
import { parseSettings } from '../../lib/config.ts';
import { createTableInput, type TableShape, tableShape } from '../../lib/local/engines/table-shape.ts';
import { StateStack } from '../../lib/state-stack.ts';
import { freshName } from '../twins/samples.ts';

/** The tables as `StateStack` makes them. */
const declaredTables = (): Readonly<Record<'conversations' | 'registry', TableShape>> => {
  const outdir = mkdtempSync(join(tmpdir(), 'switchboard-tables-'));
  try {
    const app = new App({ outdir, analyticsReporting: false, builtinCloudFormationValidation: false });
    const stack = new StateStack(app, 'state', { settings: parseSettings({ stage: 'local' }) });
    const { Resources } = app.synth().getStackByName(stack.stackName).template;
    const shapeOf = (id: string): TableShape => tableShape({ properties: Resources[id].Properties });
    const idOf = ({ node }: StateStack['registry']): string => stack.getLogicalId(node.defaultChild as CfnElement);
    return { conversations: shapeOf(idOf(stack.conversations)), registry: shapeOf(idOf(stack.registry)) };
  } finally {
    rmSync(outdir, { recursive: true });
  }
};

const createTable = async (client: DynamoDBClient, name: string, shape: TableShape): Promise<void> => {
  await client.send(new CreateTableCommand(createTableInput(name, shape) as CreateTableCommandInput));
  for (let active = false; !active; ) {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: name }));
    active = Table?.TableStatus === 'ACTIVE';
    if (!active) await new Promise((resolve) => setTimeout(resolve, 50));
  }
};

/** An engine of its own in this process, or the one that `DYNAMODB_ENDPOINT` names. */
const startEngine = async (): Promise<{ endpoint: string; stop: () => Promise<void> }> => {
  const { DYNAMODB_ENDPOINT } = process.env;
  if (DYNAMODB_ENDPOINT !== undefined) return { endpoint: DYNAMODB_ENDPOINT, stop: async () => undefined };
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0 });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const stop = async () => {
    server.closeAllConnections();
    await new Promise<void>((resolve, reject) => server.close((error) => (error ? reject(error) : resolve())));
  };
  return { endpoint: `http://127.0.0.1:${port}`, stop };
};

export interface TestTables {
  /** A client of its own, as the functions make theirs. */
  makeClient(): DynamoDBClient;
  readonly conversations: string;
  readonly registry: string;
  stop(): Promise<void>;
}

/** Both tables, empty, under names that no other run has. */
export const startTables = async (): Promise<TestTables> => {
  const declared = declaredTables();
  const engine = await startEngine();
  const makeClient = () =>
    makeDynamoClient({
      endpoint: engine.endpoint,
      region: process.env.AWS_REGION ?? 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
  const client = makeClient();
  const [conversations, registry] = [freshName('Conversations'), freshName('Registry')];
  await Promise.all([
    createTable(client, conversations, declared.conversations),
    createTable(client, registry, declared.registry),
  ]);
  const stop = async () => {
    for (const table of [conversations, registry]) await client.send(new DeleteTableCommand({ TableName: table }));
    client.destroy();
    await engine.stop();
  };
  return { makeClient, conversations, registry, stop };
};
