import type {
  AgentOwner,
  AgentStore,
  MonitoredAgent,
  RegisteredAgent,
  Registry,
  RoutableAgent,
} from '../../functions/application/agent-ports.ts';
import type { Clock } from '../../functions/application/ports.ts';
import { cardOf } from '../../functions/domain/contract/agent.ts';
import { UNCHECKED } from '../../functions/domain/health/health.ts';
import { performanceOf } from '../../functions/domain/health/performance.ts';
import { roundTrip } from './memory-state.ts';
import { makeMemoryRegistry } from './registry.ts';
import { NOON_MS } from './samples.ts';

export interface MemoryAgentStore extends AgentStore {
  /** What routers see of these agents. */
  readonly registry: Registry;
}

const nameOf = (owner: AgentOwner, agentId: string): string => JSON.stringify([owner, agentId]);

const monitored = ({ definition, createdAtMs: _createdAtMs, ...agent }: RegisteredAgent): MonitoredAgent => ({
  ...agent,
  card: cardOf(definition),
});

const routable = ({ owner, card, version, state }: MonitoredAgent, nowMs: number): RoutableAgent => {
  const { p50Ms, errorRate } = performanceOf(state.minutes, nowMs);
  return { owner, definition: card, version, health: state.health, p50Ms, errorRate };
};

/** In-memory twin of the agent store, and of the registry that reads what it publishes. */
export const makeMemoryAgentStore = (
  present: readonly RegisteredAgent[] = [],
  clock: Clock = () => NOON_MS,
): MemoryAgentStore => {
  const agents = new Map<string, RegisteredAgent>();
  const published = new Map<string, RoutableAgent>();
  const publishOne = (agent: MonitoredAgent): void => {
    const name = nameOf(agent.owner, agent.card.agentId);
    if (agent.drainingUntilMs === null) published.set(name, routable(agent, clock()));
    else published.delete(name);
  };
  const store = (agent: RegisteredAgent): number => {
    agents.set(nameOf(agent.owner, agent.definition.agentId), structuredClone(agent));
    publishOne(monitored(agent));
    return agent.version;
  };
  for (const agent of present) store(agent);

  const find = (owner: AgentOwner, agentId: string): RegisteredAgent | undefined => agents.get(nameOf(owner, agentId));
  const byId = (left: RegisteredAgent, right: RegisteredAgent): number =>
    left.definition.agentId < right.definition.agentId ? -1 : 1;

  return {
    registry: { agents: (tenant, signal) => makeMemoryRegistry(published.values()).agents(tenant, signal) },
    get: async (owner, agentId, signal) => {
      await roundTrip(signal);
      return structuredClone(find(owner, agentId));
    },
    ofOwner: async (owner, signal) => {
      await roundTrip(signal);
      return structuredClone([...agents.values()].filter((agent) => agent.owner === owner)).sort(byId);
    },
    put: async (owner, definition, state, expectedVersion, signal) => {
      await roundTrip(signal);
      const stored = find(owner, definition.agentId);
      if ((stored?.version ?? 0) !== expectedVersion) return undefined;
      return store({
        owner,
        definition,
        version: expectedVersion + 1,
        createdAtMs: stored?.createdAtMs ?? clock(),
        state: state ?? stored?.state ?? UNCHECKED,
        drainingUntilMs: null,
      });
    },
    drain: async (owner, agentId, expectedVersion, untilMs, signal) => {
      await roundTrip(signal);
      const stored = find(owner, agentId);
      if (stored?.version !== expectedVersion) return undefined;
      return store({ ...stored, version: expectedVersion + 1, drainingUntilMs: untilMs });
    },
    remove: async (owner, agentId, version, signal) => {
      await roundTrip(signal);
      const stored = find(owner, agentId);
      if (stored === undefined) return true;
      if (stored.version !== version || stored.drainingUntilMs === null) return false;
      publishOne(monitored(stored));
      return agents.delete(nameOf(owner, agentId));
    },
    all: async (signal) => {
      await roundTrip(signal);
      return structuredClone([...agents.values()].map(monitored));
    },
    recordState: async (owner, agentId, version, state, signal) => {
      await roundTrip(signal);
      const stored = find(owner, agentId);
      if (stored?.version !== version) return false;
      agents.set(nameOf(owner, agentId), { ...stored, state: structuredClone(state) });
      return true;
    },
    publish: async (owner, seen, signal) => {
      await roundTrip(signal);
      for (const [name, agent] of published) if (agent.owner === owner && !agents.has(name)) published.delete(name);
      for (const agent of seen) {
        const stored = find(owner, agent.card.agentId);
        if (stored === undefined) continue;
        const isCurrent = stored.version === agent.version;
        publishOne({ ...monitored(stored), state: isCurrent ? agent.state : stored.state });
      }
    },
  };
};
