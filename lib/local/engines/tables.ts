import { setTimeout } from 'node:timers/promises';
import { isRecord } from '../template/is-record.ts';
import type { Account, Resource, ServiceBackend } from '../types.ts';
import { expireTable, ttlAttribute } from './expire-items.ts';
import { type DynamoDbCall, openTableEngine } from './table-engine.ts';
import { createTableInput, differences, tableShape } from './table-shape.ts';

export interface Tables {
  readonly backend: ServiceBackend;
  /** Deletes the items whose TTL attribute lies before `nowMs`; returns how many. DynamoDB does so within days. */
  expireItems(nowMs: number): Promise<number>;
  close(): Promise<void>;
}

const TABLE_TYPES = ['AWS::DynamoDB::GlobalTable', 'AWS::DynamoDB::Table'];

/**
 * Starts dynalite with the account's tables, in `folder` or in memory.
 * @throws Error if the folder can't be opened, or a stored table has other keys or indexes than the template
 */
export const startTables = async (account: Account, folder: string | undefined): Promise<Tables> => {
  const engine = await openTableEngine(folder);
  const { call } = engine;
  const resources = TABLE_TYPES.flatMap((type) => account.ofType(type));
  try {
    await Promise.all(resources.map((resource) => ensureTable(call, account.ref(resource.logicalId), resource)));
  } catch (error) {
    await engine.close();
    throw error;
  }
  return {
    backend: ({ headers, body }) => engine.send(forwarded(headers), body),
    expireItems: async (nowMs) => {
      const counts = resources.map((resource) => {
        const attribute = ttlAttribute(resource);
        const { keys } = tableShape(resource);
        return attribute === undefined ? 0 : expireTable(call, account.ref(resource.logicalId), keys, attribute, nowMs);
      });
      return (await Promise.all(counts)).reduce((total, count) => total + count, 0);
    },
    close: engine.close,
  };
};

const forwarded = (headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> => {
  const names = ['content-type', 'x-amz-target', 'x-amz-date', 'authorization'];
  return Object.fromEntries(names.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]]])));
};

const ensureTable = async (call: DynamoDbCall, name: string, resource: Resource): Promise<void> => {
  const wanted = tableShape(resource);
  const existing = await call('DescribeTable', { TableName: name }).catch((error: unknown) => {
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return undefined;
    throw error;
  });
  if (!existing) {
    await call('CreateTable', createTableInput(name, wanted));
    await untilActive(call, name);
    return;
  }
  const changed = differences(tableShape({ properties: isRecord(existing.Table) ? existing.Table : {} }), wanted);
  if (changed.length === 0) return untilActive(call, name);
  throw new Error(`The stored table ${name} has other ${changed.join(' and ')} than the template; start with --reset`);
};

const ACTIVE_TRIES = 400;

/** dynalite answers before a new table can be used; one whose creation was cut off stays that way. */
const untilActive = async (call: DynamoDbCall, name: string): Promise<void> => {
  for (let tries = 0; tries < ACTIVE_TRIES; tries++) {
    const { Table: table } = await call('DescribeTable', { TableName: name });
    if (isRecord(table) && table.TableStatus === 'ACTIVE') return;
    await setTimeout(5);
  }
  throw new Error(`The stored table ${name} was never completely created; start with --reset`);
};
