import type {
  AgentOwner,
  AgentState,
  AgentStore,
  MonitoredAgent,
  Registry,
} from '../../functions/application/agent-ports.ts';
import type { TenantId } from '../../functions/domain/contract/ids.ts';
import { withCall } from '../../functions/domain/health/latency.ts';
import { agentDefinition, agentState, freshTenant, NOON_MS, patience } from '../twins/samples.ts';

export const NOON_MINUTE = NOON_MS / 60_000;

export const definition = agentDefinition('helper', 'debugger', {
  specializations: ['go', 'ü#😀'],
  timeout_seconds: 7,
  examples: ['It crashes!'],
  tags: ['x'],
  complexity_range: { min: 0.25, max: 1 },
  history_policy: { kind: 'last_n', n: 3 },
});
export const counted = (minute: number, durationsMs: readonly number[], failures = 0) => ({
  minute,
  calls: durationsMs.length,
  failures,
  totalMs: durationsMs.reduce((sum, ms) => sum + ms, 0),
  latency: durationsMs.reduce<readonly number[]>(withCall, []),
});
export const BUSY = agentState({
  health: 'degraded',
  contrary: 1,
  reason: 'slow',
  minutes: [counted(NOON_MINUTE - 3, [0.5, 800, 900_000], 2), counted(NOON_MINUTE - 1, [900, 900])],
});

export interface AgentStoreUnderTest {
  readonly store: () => AgentStore;
  /** A router that has just started. */
  readonly registry: () => Registry;
  /** What the store takes for the time. */
  readonly clock: { nowMs: number };
}

/** Looks at a store, and puts `definition` into it. */
export const makeAgentStoreRig = ({ store, registry }: AgentStoreUnderTest) => ({
  /** A tenant that has the agent, in its first version. */
  registered: async (state: AgentState = agentState()): Promise<TenantId> => {
    const tenant = freshTenant();
    const version = await store().put(tenant, definition, state, 0, patience());
    if (version !== 1) throw new Error(`a new agent has version ${version}`);
    return tenant;
  },
  stored: (owner: AgentOwner) => store().get(owner, 'helper', patience()),
  monitored: async (owner: AgentOwner): Promise<readonly MonitoredAgent[]> =>
    (await store().all(patience())).filter((agent) => agent.owner === owner),
  routed: async (tenant: TenantId) =>
    (await registry().agents(tenant, patience())).filter(({ owner }) => owner === tenant),
});
