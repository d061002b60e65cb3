import { afterAll, beforeAll } from 'vitest';
import { makeCachedRegistry } from '../../functions/adapters/cached-registry.ts';
import { makeAgentStore } from '../../functions/adapters/dynamodb/agent-store.ts';
import { makeMemoryAgentStore } from '../twins/agent-store.ts';
import { makeMemoryRegistry } from '../twins/registry.ts';
import { NOON_MS, patience } from '../twins/samples.ts';
import { silentLog } from '../twins/silent-log.ts';
import { describeAgentStore } from './agent-store.contract.ts';
import { startTables, type TestTables } from './dynamodb.ts';
import { describeRegistry } from './registry.contract.ts';

let tables: TestTables;
let store: ReturnType<typeof makeAgentStore>;
beforeAll(async () => {
  tables = await startTables();
  store = makeAgentStore(tables.makeClient(), tables.registry, silentLog);
});
afterAll(() => tables.stop());

const memory = makeMemoryAgentStore();

describeAgentStore('in memory', () => memory);
describeAgentStore('DynamoDB', () => store);
describeRegistry('in memory', async (agents) => makeMemoryRegistry(agents));
describeRegistry('DynamoDB', async (agents) => {
  for (const { owner, definition } of agents) await store.put(owner, definition, 0, patience());
  return makeCachedRegistry({ read: store.ofOwner, clock: () => NOON_MS, chance: () => 0.5, log: silentLog });
});
