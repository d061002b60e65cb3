import { DeleteItemCommand, type DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeCachedRegistry } from '../../functions/adapters/cached-registry.ts';
import { type Item, toItem } from '../../functions/adapters/dynamodb/attributes.ts';
import { pack } from '../../functions/adapters/dynamodb/packed.ts';
import { makeAgentStore } from '../../functions/adapters/dynamodb/registry/agent-store.ts';
import { makeRuleSets } from '../../functions/adapters/dynamodb/registry/rule-sets.ts';
import { makeRuleStore } from '../../functions/adapters/dynamodb/registry/rule-store.ts';
import { makeSnapshotReader } from '../../functions/adapters/dynamodb/registry/snapshot-reader.ts';
import { loadLinearRegex } from '../../functions/adapters/linear-regex.ts';
import { makeRuleReading } from '../../functions/adapters/rule-reading.ts';
import type { AgentOwner } from '../../functions/application/agent-ports.ts';
import type { RuleStore } from '../../functions/application/ports.ts';
import { storedRules } from '../../functions/domain/contract/routing-rules.ts';
import { makeMemoryRuleStore } from '../twins/rule-store.ts';
import { agentDefinition, agentState, freshTenant, NOON_MS, patience } from '../twins/samples.ts';
import { silentLog } from '../twins/silent-log.ts';
import { meterCapacity } from './capacity-meter.ts';
import { startTables, type TestTables } from './dynamodb.ts';
import { describeRuleStore, ruleNamed } from './rule-store.contract.ts';

let tables: TestTables;
let client: DynamoDBClient;
let store: RuleStore;
const world = { nowMs: NOON_MS };
const dependencies = { log: silentLog, clock: () => world.nowMs, chance: Math.random };
beforeAll(async () => {
  tables = await startTables();
  client = tables.makeClient();
  store = makeRuleStore(client, tables.registry, dependencies);
});
afterAll(() => tables.stop());

const memory = makeMemoryRuleStore();
describeRuleStore('in memory', () => memory);
describeRuleStore('DynamoDB', () => store);

/** A router that has just started: what it sees, what it read, and what it complained of. */
const makeRouter = (tenant: ReturnType<typeof freshTenant>) => {
  const own = tables.makeClient();
  const meter = meterCapacity(own);
  const errors: object[] = [];
  const counted: [string, number][] = [];
  const log = { ...silentLog, error: (message: string, fields = {}) => void errors.push({ message, ...fields }) };
  const registry = makeCachedRegistry({
    ...dependencies,
    snapshots: makeSnapshotReader(own, tables.registry, { ...dependencies, log }),
    readRules: makeRuleReading({
      sets: makeRuleSets(own, tables.registry, { ...dependencies, log }),
      loadRegex: loadLinearRegex,
      log,
      measure: (metric, value) => void counted.push([metric, value]),
    }),
    builtInRules: [],
    log,
  });
  const seen = async () => (await registry.rules(tenant, patience())).map(({ name }) => name);
  const reads = () => meter.take().filter(({ key }) => !key.endsWith('global'));
  const agents = () => registry.agents(tenant, patience());
  const later = (): void => {
    world.nowMs += 5_000;
  };
  return { seen, reads, agents, errors, counted, later };
};

const itemsOf = async (owner: AgentOwner): Promise<readonly Item[]> => {
  const { Items = [] } = await client.send(new ScanCommand({ TableName: tables.registry, ConsistentRead: true }));
  return Items.filter(({ pk }) => pk?.S?.startsWith(`rules#tenant#${owner}#`));
};

describe('a router', () => {
  it('follows rules within 5 s, and reads them only when they changed', async () => {
    const owner = freshTenant();
    const router = makeRouter(owner);
    expect(await router.seen()).toEqual([]);
    await store.put(owner, [ruleNamed('a'), ruleNamed('high', { priority: 1 })], 0, patience());
    router.later();
    expect(await router.seen()).toEqual(['high', 'a']);
    router.reads();
    router.later();
    expect(await router.seen()).toEqual(['high', 'a']);
    await router.agents();
    expect(router.reads()).toEqual([{ operation: 'GetItem', key: `manifest#tenant#${owner}`, units: 1 }]);
    await store.put(owner, [], 1, patience());
    router.later();
    expect(await router.seen()).toEqual([]);
    expect(router.reads().map(({ key, units }) => [key.split('#')[0], units])).toEqual([
      ['manifest', 1],
      ['rules', 0.5],
    ]);
  });

  it('keeps rules and agents apart: a change of one leaves the other as it is, also past a new base', async () => {
    const owner = freshTenant();
    const router = makeRouter(owner);
    const agents = makeAgentStore(client, tables.registry, dependencies);
    await store.put(owner, [ruleNamed('a')], 0, patience());
    const ids = Array.from({ length: 80 }, (_, index) => `agent-${index}`);
    const put = (id: string) =>
      agents.put(
        owner,
        agentDefinition(id, 'debugger', { specializations: [crypto.randomUUID()] }),
        agentState(),
        0,
        patience(),
      );
    await Promise.all(ids.map(put));
    await store.put(owner, [ruleNamed('b')], 1, patience());
    expect(await router.seen()).toEqual(['b']);
    expect((await router.agents()).filter((agent) => agent.owner === owner)).toHaveLength(80);
    expect(await store.get(owner, patience())).toMatchObject({ version: 2 });
  });

  it('survives rules that it cannot use: each is left out, counted and logged by name', async () => {
    const owner = freshTenant();
    const stored = [
      ...storedRules([ruleNamed('good')]),
      { ...Object(storedRules([ruleNamed('x')])[0]), name: 'of tomorrow', weather: 1 },
      ...storedRules([ruleNamed('broken', { when: { text: { regex: ['('] } } })]),
    ];
    await store.put(owner, [], 0, patience());
    for (const { pk, sk } of await itemsOf(owner))
      await client.send(
        new PutItemCommand({
          TableName: tables.registry,
          Item: { ...toItem({ rules: pack(stored) }), pk, sk } as Item,
        }),
      );
    const router = makeRouter(owner);
    expect(await router.seen()).toEqual(['good']);
    await router.seen();
    expect(router.errors).toMatchObject([{ rule: 'of tomorrow' }, { rule: 'broken', path: 'when.text.regex.0' }]);
    expect(router.counted).toEqual([['RulesSkipped', 2]]);
    expect(await store.get(owner, patience())).toMatchObject({ unreadable: ['of tomorrow'] });
  });

  it('survives the loss of a copy of the rules, and of all of them', async () => {
    const owner = freshTenant();
    await store.put(owner, [ruleNamed('a')], 0, patience());
    const [first, ...others] = await itemsOf(owner);
    const remove = ({ pk, sk }: Item) =>
      client.send(new DeleteItemCommand({ TableName: tables.registry, Key: { pk, sk } as Item }));
    expect(others.length).toBeGreaterThan(0);
    await remove(first ?? {});
    for (let round = 0; round < 5; round += 1) expect(await makeRouter(owner).seen()).toEqual(['a']);
    for (const item of others) await remove(item);
    const router = makeRouter(owner);
    expect(await router.seen()).toEqual([]);
    expect(router.errors).toMatchObject([{ message: 'the routing rules are lost: none apply' }]);
  });
});

describe('rules that were replaced', () => {
  it('expire, some minutes after; those in use do not', async () => {
    const owner = freshTenant();
    for (let version = 0; version < 3; version += 1) await store.put(owner, [ruleNamed('a')], version, patience());
    await store.put(owner, [], 0, patience());
    const expiry = Map.groupBy(await itemsOf(owner), ({ sk }) => sk?.S?.split('-')[0]);
    expect([...expiry.keys()].sort()).toEqual(['1', '2', '3']);
    const expiring = (version: string) => expiry.get(version)?.map(({ expires_at }) => Number(expires_at?.N ?? 0) > 0);
    expect(new Set([...(expiring('1') ?? []), ...(expiring('2') ?? [])])).toEqual(new Set([true]));
    expect(new Set(expiring('3'))).toEqual(new Set([false]));
  });
});

describe('a write of rules', () => {
  it('costs some units, and many rules are in as many copies as routers that start together need', async () => {
    const meter = meterCapacity(client);
    const owner = freshTenant();
    await store.put(owner, [ruleNamed('a')], 0, patience());
    const small = meter.take().filter(({ operation }) => operation !== 'GetItem');
    const many = Array.from({ length: 200 }, (_, index) =>
      ruleNamed(`rule ${index}`, { when: { text: { any_of: [crypto.randomUUID(), crypto.randomUUID()] } } }),
    );
    await store.put(owner, many, 1, patience());
    const large = meter.take().filter(({ operation }) => operation === 'PutItem');
    const router = makeRouter(owner);
    expect(await router.seen()).toHaveLength(200);
    const read = router.reads().find(({ key }) => key.startsWith('rules'));
    const copies = large.filter(({ key }) => key.startsWith('rules')).length;
    const units = (calls: readonly { units: number }[]) => calls.reduce((sum, call) => sum + call.units, 0);
    console.info(JSON.stringify({ small: units(small), large: units(large), copies, read: read?.units }));
    expect(units(small)).toBeLessThanOrEqual(4);
    // 1,250 reads a second, spread over the copies, stay under 1,000 units a second of each key.
    expect(((read?.units ?? 0) * 1_250) / copies).toBeLessThan(1_000);
  });
});
