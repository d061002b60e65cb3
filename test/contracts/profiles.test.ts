import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeCachedRegistry } from '../../functions/adapters/cached-registry.ts';
import { fromItem, toItem } from '../../functions/adapters/dynamodb/attributes.ts';
import { joinKey } from '../../functions/adapters/dynamodb/keys.ts';
import { makeAgentStore } from '../../functions/adapters/dynamodb/registry/agent-store.ts';
import { makeProfileReader } from '../../functions/adapters/dynamodb/registry/profile-items.ts';
import { makeSnapshotReader } from '../../functions/adapters/dynamodb/registry/snapshot-reader.ts';
import type { AgentStore } from '../../functions/application/agent-ports.ts';
import type { TenantId } from '../../functions/domain/contract/ids.ts';
import { agentDefinition, agentState, freshTenant, NOON_MS, patience } from '../twins/samples.ts';
import { silentLog } from '../twins/silent-log.ts';
import { withoutRules } from '../twins/without-rules.ts';
import { startTables, type TestTables } from './dynamodb.ts';
import { inBatches } from './realistic-agents.ts';
import { type Faults, makeUnreliable } from './unreliable-client.ts';

/** How long a profile stays that no card names any more, seconds. */
const RETIRED_SECONDS = 600;

let tables: TestTables;
let faults: Faults;
let store: AgentStore;
const dependencies = { log: silentLog, clock: () => NOON_MS, chance: Math.random };
beforeAll(async () => {
  tables = await startTables();
  const client = tables.makeClient();
  faults = makeUnreliable(client);
  const make = ({ examples }: { examples: readonly string[] }) =>
    examples.length === 0 ? undefined : `profile of ${examples.join()}`;
  store = makeAgentStore(client, tables.registry, { ...dependencies, profiles: { version: () => 7, make } });
});
afterAll(() => tables.stop());

const showing = (example: string, agentId = 'helper') => agentDefinition(agentId, 'debugger', { examples: [example] });
const put = (tenant: TenantId, example: string, expected: number) =>
  store.put(tenant, showing(example), agentState(), expected, patience());

/** What a router that has just started has of a tenant's agents, by id. */
const routed = async (tenant: TenantId) => {
  const snapshots = makeSnapshotReader(tables.makeClient(), tables.registry, dependencies);
  const agents = await makeCachedRegistry({ ...dependencies, ...withoutRules, snapshots }).agents(tenant, patience());
  const texts = await makeProfileReader(tables.makeClient(), tables.registry).read(agents, patience());
  return new Map(
    agents
      .filter(({ owner }) => owner === tenant)
      .map(({ definition: { agentId, profile } }) => [agentId, texts.get(profile ?? '')]),
  );
};

/** Every profile of an agent that there is, and whether it expires. */
const onRecord = async (tenant: TenantId) => {
  const { Items = [] } = await tables.makeClient().send(
    new QueryCommand({
      TableName: tables.registry,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: toItem({ ':pk': joinKey('profiles', 'tenant', tenant, 'helper') }),
    }),
  );
  return Object.fromEntries(Items.map((item) => [fromItem(item).profile, fromItem(item).expires_at]));
};

const EXPIRES = NOON_MS / 1000 + RETIRED_SECONDS;

describe('the profile of an agent', () => {
  it('is there when routers see the agent, and follows its changes', async () => {
    const tenant = freshTenant();
    await put(tenant, 'one', 0);
    expect(await routed(tenant)).toEqual(new Map([['helper', 'profile of one']]));
    await put(tenant, 'two', 1);
    expect(await routed(tenant)).toEqual(new Map([['helper', 'profile of two']]));
    expect(await onRecord(tenant)).toEqual({ 'profile of one': EXPIRES, 'profile of two': undefined });
  });

  it('is none for an agent that says nothing: the card says that it was looked at', async () => {
    const tenant = freshTenant();
    await store.put(tenant, agentDefinition('helper', 'debugger'), agentState(), 0, patience());
    expect(await routed(tenant)).toEqual(new Map([['helper', undefined]]));
    const mine = (await store.all(patience())).find(({ owner }) => owner === tenant);
    expect(mine?.card.profile).toBe('7/');
    expect(await onRecord(tenant)).toEqual({});
  });

  it('goes some time after its agent', async () => {
    const tenant = freshTenant();
    await put(tenant, 'one', 0);
    await store.drain(tenant, 'helper', 1, NOON_MS, patience());
    expect(await store.remove(tenant, 'helper', 2, patience())).toBe(true);
    expect(await onRecord(tenant)).toEqual({ 'profile of one': EXPIRES });
  });

  it('survives that another writer is first: what the loser made expires', async () => {
    const tenant = freshTenant();
    await put(tenant, 'one', 0);
    expect(await put(tenant, 'other', 0)).toBeUndefined();
    expect(await routed(tenant)).toEqual(new Map([['helper', 'profile of one']]));
    expect(await onRecord(tenant)).toEqual({ 'profile of one': undefined, 'profile of other': EXPIRES });
  });

  it('rejects the agent if its profile cannot be written', async () => {
    const tenant = freshTenant();
    faults.failNext('PutItem', 'before');
    await expect(put(tenant, 'one', 0)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(await store.get(tenant, 'helper', patience())).toBeUndefined();
  });

  it('is read with those of 250 others', async () => {
    const tenant = freshTenant();
    const ids = Array.from({ length: 251 }, (_, index) => `agent-${index}`);
    await inBatches(ids, (id) => store.put(tenant, showing(id, id), agentState(), 0, patience()));
    expect(await routed(tenant)).toEqual(new Map(ids.map((id) => [id, `profile of ${id}`])));
  });
});
