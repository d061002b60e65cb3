import { afterAll, beforeAll } from 'vitest';
import { makeCachedRegistry } from '../../functions/adapters/cached-registry.ts';
import { makeMeasurementStore } from '../../functions/adapters/dynamodb/measurements/measurement-store.ts';
import { makeAgentStore } from '../../functions/adapters/dynamodb/registry/agent-store.ts';
import { makeSnapshotReader } from '../../functions/adapters/dynamodb/registry/snapshot-reader.ts';
import type { AgentStore, MeasurementStore, RegisteredAgent } from '../../functions/application/agent-ports.ts';
import { makeMemoryAgentStore } from '../twins/agent-store.ts';
import { makeMemoryMeasurementStore } from '../twins/measurement-store.ts';
import { NOON_MS, patience } from '../twins/samples.ts';
import { silentLog } from '../twins/silent-log.ts';
import { withoutRules } from '../twins/without-rules.ts';
import { describeAgentStates } from './agent-states.contract.ts';
import { describeAgentStore } from './agent-store.contract.ts';
import { startTables, type TestTables } from './dynamodb.ts';
import { describeMeasurementStore } from './measurement-store.contract.ts';
import { describeRegistry } from './registry.contract.ts';

let tables: TestTables;
let store: AgentStore;
let measurements: MeasurementStore;
const clock = { nowMs: NOON_MS };
const dependencies = { log: silentLog, clock: () => clock.nowMs, chance: Math.random };
beforeAll(async () => {
  tables = await startTables();
  store = makeAgentStore(tables.makeClient(), tables.registry, dependencies);
  measurements = makeMeasurementStore(tables.makeClient(), tables.registry, silentLog);
});
afterAll(() => tables.stop());

const registry = () =>
  makeCachedRegistry({
    ...dependencies,
    ...withoutRules,
    snapshots: makeSnapshotReader(tables.makeClient(), tables.registry, dependencies),
  });

const memory = makeMemoryAgentStore([], dependencies.clock);
const memoryMeasurements = makeMemoryMeasurementStore();

const putAll = async (into: AgentStore, agents: readonly RegisteredAgent[]) => {
  for (const { owner, definition, state } of agents) await into.put(owner, definition, state, 0, patience());
};

for (const [name, underTest] of [
  ['in memory', { store: () => memory, registry: () => memory.registry, clock }],
  ['DynamoDB', { store: () => store, registry, clock }],
] as const) {
  describeAgentStore(name, underTest);
  describeAgentStates(name, underTest);
}
describeRegistry('in memory', async (agents) => makeMemoryAgentStore(agents).registry);
describeRegistry('DynamoDB', async (agents) => {
  await putAll(store, agents);
  return registry();
});
describeMeasurementStore('in memory', () => memoryMeasurements);
describeMeasurementStore('DynamoDB', () => measurements);
