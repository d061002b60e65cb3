import { afterEach, beforeEach, vi } from 'vitest';
import type { AgentStore, RegisteredAgent } from '../../../functions/application/agent-ports.ts';
import {
  type MonitorAgentsDependencies,
  makeMonitorAgents,
} from '../../../functions/application/health/monitor-agents.ts';
import { Failure } from '../../../functions/domain/contract/failures.ts';
import type { MetricName } from '../../../functions/domain/contract/metrics.ts';
import { observeHealth } from '../../../functions/domain/health/health.ts';
import { makeMemoryAgentStore } from '../../twins/agent-store.ts';
import { makeMemoryMeasurementStore } from '../../twins/measurement-store.ts';
import { agentDefinition, NOON_MS, registeredAgent } from '../../twins/samples.ts';
import { silentLog } from '../../twins/silent-log.ts';

/** Time that a run has, ms. */
export const RUN_MS = 49_000;

type Seen = Parameters<typeof observeHealth>[1];
/** What a check of an agent sees and how long it takes; a fault of ours is thrown. */
type Check = { readonly seen: Seen; readonly tookMs: number } | Error;

export const GOOD: Check = { seen: 'healthy', tookMs: 50 };
export const BAD: Check = { seen: 'unhealthy', tookMs: 50 };
export const HANGS: Check = { seen: 'unhealthy', tookMs: 5_000 };

/** Time passes as fast as it can: a run of a minute takes milliseconds. */
export const fakeTime = (): void => {
  beforeEach(() => void vi.useFakeTimers({ now: NOON_MS + 10_000, toFake: ['setTimeout', 'clearTimeout', 'Date'] }));
  afterEach(() => void vi.useRealTimers());
};

export const agentOf = (agentId: string, changes: Partial<RegisteredAgent> = {}): RegisteredAgent =>
  registeredAgent(agentDefinition(agentId, 'debugger'), changes);

export const agentsOf = (count: number, changes: Partial<RegisteredAgent> = {}): readonly RegisteredAgent[] =>
  Array.from({ length: count }, (_, index) => agentOf(`agent-${index}`, changes));

/** A monitor and its world; `broken` takes the place of some of the store's methods. */
export const makeMonitored = (
  present: readonly RegisteredAgent[],
  check: (agentId: string) => Check = () => GOOD,
  broken: (store: AgentStore) => Partial<MonitorAgentsDependencies['agents']> = () => ({}),
) => {
  const store = makeMemoryAgentStore(present, Date.now);
  const measurements = makeMemoryMeasurementStore();
  const metrics = new Map<MetricName, number>();
  const probed: string[] = [];
  const deps: MonitorAgentsDependencies = {
    agents: { ...store, ...broken(store) },
    measurements,
    probe: async ({ definition: { agentId } }, known) => {
      probed.push(agentId);
      const result = check(agentId);
      if (result instanceof Error) throw result;
      await new Promise((resolve) => setTimeout(resolve, result.tookMs));
      const state = { ...known, ...observeHealth(known, result.seen), lastCheckMs: Date.now() };
      return {
        state,
        seen: result.seen,
        reason: result.seen === 'unhealthy' ? 'it is told to' : null,
        cause: undefined,
      };
    },
    renewProfiles: async () => 0,
    clock: Date.now,
    measure: (metric, value) => void metrics.set(metric, value),
    log: silentLog,
  };
  const run = async (with_: Partial<MonitorAgentsDependencies> = {}): Promise<number> => {
    const running = makeMonitorAgents({ ...deps, ...with_ })(Date.now() + RUN_MS);
    // What it ends with is looked at below; here it only must not be unhandled while time passes.
    const ended = running.then(
      () => true,
      () => true,
    );
    while (!(await Promise.race([ended, vi.advanceTimersByTimeAsync(50).then(() => false)])));
    return running;
  };
  return { store, measurements, metrics, probed, deps, run };
};

/** A port call that fails as a store does that cannot be reached. */
export const down = async (): Promise<never> => {
  await Promise.resolve();
  throw new Failure('STORE_UNAVAILABLE', 'down');
};
