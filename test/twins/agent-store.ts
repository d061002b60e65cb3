import type { AgentStore, RegisteredAgent } from '../../functions/application/ports.ts';
import { roundTrip } from './memory-state.ts';

const UNCHECKED = {
  health: 'unknown',
  contrary: 0,
  responseTimeMs: null,
  lastCheckMs: null,
  lastHealthyMs: null,
} as const;

export interface MemoryAgentStore extends AgentStore {
  ofOwner(owner: RegisteredAgent['owner'], signal: AbortSignal): Promise<readonly RegisteredAgent[]>;
}

/** In-memory twin of the agent store. */
export const makeMemoryAgentStore = (present: readonly RegisteredAgent[] = []): MemoryAgentStore => {
  const nameOf = (owner: string, agentId: string): string => JSON.stringify([owner, agentId]);
  const agents = new Map(
    present.map((agent) => [nameOf(agent.owner, agent.definition.agentId), structuredClone(agent)]),
  );
  const copies = (): RegisteredAgent[] => structuredClone([...agents.values()]);
  return {
    get: async (owner, agentId, signal) => {
      await roundTrip(signal);
      return structuredClone(agents.get(nameOf(owner, agentId)));
    },
    put: async (owner, definition, expectedVersion, signal) => {
      await roundTrip(signal);
      const name = nameOf(owner, definition.agentId);
      const stored = agents.get(name);
      if ((stored?.version ?? 0) !== expectedVersion) return undefined;
      const version = expectedVersion + 1;
      agents.set(name, { ...UNCHECKED, ...stored, owner, definition: structuredClone(definition), version });
      return version;
    },
    all: async (signal) => {
      await roundTrip(signal);
      return copies();
    },
    ofOwner: async (owner, signal) => {
      await roundTrip(signal);
      return copies().filter((agent) => agent.owner === owner);
    },
    recordHealth: async (owner, agentId, health, signal) => {
      await roundTrip(signal);
      const name = nameOf(owner, agentId);
      const stored = agents.get(name);
      if (stored === undefined) return;
      const { health: seen, contrary, responseTimeMs, lastCheckMs, lastHealthyMs } = health;
      agents.set(name, { ...stored, health: seen, contrary, responseTimeMs, lastCheckMs, lastHealthyMs });
    },
  };
};
