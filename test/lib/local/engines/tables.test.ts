import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { startTables, type Tables } from '../../../../lib/local/engines/tables.ts';
import { resolveTemplates, type StackTemplate } from '../../../../lib/local/template/template.ts';
import type { ServiceCall } from '../../../../lib/local/types.ts';
import { sampleStacks } from '../sample-stacks.ts';

const accountOf = (stacks: StackTemplate[]) => resolveTemplates(stacks, { gatewayUrl: 'http://x' });
const authorization =
  'AWS4-HMAC-SHA256 Credential=r/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=h, Signature=s';

const run = async (tables: Tables, action: string, input: object): Promise<Record<string, unknown>> => {
  const headers = {
    authorization,
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-target': `DynamoDB_20120810.${action}`,
    'x-amz-date': '20260101T000000Z',
  };
  const body = Buffer.from(JSON.stringify(input));
  const call: ServiceCall = {
    seq: 1,
    caller: 'r',
    service: 'dynamodb',
    action,
    resource: '*',
    method: 'POST',
    path: '/',
    headers,
    body,
  };
  const reply = await tables.backend(call);
  return JSON.parse(String(reply.body));
};
const put = (tables: Tables, sk: string, more: object = {}) =>
  run(tables, 'PutItem', { TableName: 'Table', Item: { pk: { S: 'p' }, sk: { S: sk }, ...more } });
const scan = async (tables: Tables): Promise<unknown> => (await run(tables, 'Scan', { TableName: 'Table' })).Count;

let tables: Tables | undefined;
let folder: string | undefined;
const newFolder = () => {
  folder = mkdtempSync(join(tmpdir(), 'tables-'));
  return join(folder, 'dynamodb');
};
const start = async (...args: Parameters<typeof startTables>) => {
  tables = await startTables(...args);
  return tables;
};
afterEach(async () => {
  await tables?.close();
  tables = undefined;
  if (folder !== undefined) rmSync(folder, { recursive: true });
  folder = undefined;
});

describe('tables', () => {
  it('keep their items in the data folder', async () => {
    const path = newFolder();
    const first = await start(accountOf(sampleStacks()), path);
    await put(first, 'a');
    await first.close();
    expect(await scan(await start(accountOf(sampleStacks()), path))).toBe(1);
  });

  it.each<[string, string, string]>([
    ['other keys', '"AttributeName":"sk","KeyType":"RANGE"', '"AttributeName":"open_shard","KeyType":"RANGE"'],
    ['another index', '"ProjectionType":"KEYS_ONLY"', '"ProjectionType":"ALL"'],
  ])('rejects a stored table with %s and names --reset', async (_, from, to) => {
    const path = newFolder();
    await (await start(accountOf(sampleStacks()), path)).close();
    tables = undefined;
    const changed = JSON.parse(JSON.stringify(sampleStacks()).replace(from, to));
    await expect(startTables(accountOf(changed), path)).rejects.toThrow(/stored table Table has other .*--reset/);
    await start(accountOf(sampleStacks()), path);
  });

  it('rejects damaged files, and a folder in use, without ending the process', async () => {
    const path = newFolder();
    await start(accountOf(sampleStacks()), path);
    await expect(startTables(accountOf(sampleStacks()), path)).rejects.toThrow(/can't be opened: .*lock/i);
    await tables?.close();
    tables = undefined;
    for (const file of readdirSync(path)) writeFileSync(join(path, file), 'damaged');
    await expect(startTables(accountOf(sampleStacks()), path)).rejects.toThrow(/can't be opened/);
  });

  it('lose the items whose time is over, and only these', async () => {
    const { expireItems } = await start(accountOf(sampleStacks()), undefined);
    const nowMs = 1_800_000_000_000;
    const seconds = (offset: number) => ({ expires_at: { N: String(nowMs / 1000 + offset) } });
    if (!tables) throw new Error('not started');
    await put(tables, 'past', seconds(-1));
    await put(tables, 'future', seconds(1));
    await put(tables, 'never');
    await put(tables, 'text', { expires_at: { S: '1' } });
    await put(tables, 'in another unit', { expires_at: { N: '1' } });
    expect(await expireItems(nowMs)).toBe(1);
    expect(await scan(tables)).toBe(4);
    expect(await expireItems(nowMs + 2000)).toBe(1);
  });

  it('expire also beyond the first page of a megabyte', async () => {
    const { expireItems } = await start(accountOf(sampleStacks()), undefined);
    if (!tables) throw new Error('not started');
    const big = { expires_at: { N: '1799999999' }, text: { S: 'x'.repeat(300_000) } };
    for (const sk of ['1', '2', '3', '4', '5']) await put(tables, sk, big);
    expect(await expireItems(1_800_000_000_000)).toBe(5);
  });
});
