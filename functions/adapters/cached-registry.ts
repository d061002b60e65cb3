import type { Clock, Log, RegisteredAgent, Registry } from '../application/ports.ts';
import type { TenantId } from '../domain/contract/ids.ts';

export interface CachedRegistryDependencies {
  /** The agents of one owner, from the store. */
  readonly read: (owner: RegisteredAgent['owner'], signal: AbortSignal) => Promise<readonly RegisteredAgent[]>;
  readonly clock: Clock;
  readonly chance: () => number;
  readonly log: Log;
}

/** How long a copy is used, ms: spread, so that instances do not read all at the same time. */
const FRESH_MS = { min: 4_000, spread: 1_000 };

/** Copies of different owners that one instance keeps. */
const MAX_OWNERS = 256;

interface Copy {
  readonly agents: Promise<readonly RegisteredAgent[]>;
  readonly untilMs: number;
}

/**
 * A registry that reads each owner's agents at most every 5 s. If the store cannot be read, the last copy stands.
 * A tenant's own agent takes the place of a global one with the same id.
 */
export const makeCachedRegistry = ({ read, clock, chance, log }: CachedRegistryDependencies): Registry => {
  const copies = new Map<string, Copy>();

  const refresh = (owner: RegisteredAgent['owner'], last: Copy | undefined, signal: AbortSignal): Copy => {
    const agents = read(owner, signal).catch((cause: unknown) => {
      if (last === undefined) {
        copies.delete(owner);
        throw cause;
      }
      log.warn('registry not readable; the last copy stands', { cause });
      return last.agents;
    });
    return { agents, untilMs: clock() + FRESH_MS.min + chance() * FRESH_MS.spread };
  };

  const ofOwner = (owner: RegisteredAgent['owner'], signal: AbortSignal): Promise<readonly RegisteredAgent[]> => {
    const last = copies.get(owner);
    if (last !== undefined && clock() < last.untilMs) return last.agents;
    const copy = refresh(owner, last, signal);
    copies.delete(owner);
    copies.set(owner, copy);
    const oldest = copies.keys().next().value;
    if (copies.size > MAX_OWNERS && oldest !== undefined) copies.delete(oldest);
    return copy.agents;
  };

  return {
    agents: async (tenant: TenantId, signal) => {
      const [own, global] = await Promise.all([ofOwner(tenant, signal), ofOwner('global', signal)]);
      const ownIds = new Set(own.map(({ definition }) => definition.agentId));
      return [...own, ...global.filter(({ definition }) => !ownIds.has(definition.agentId))];
    },
  };
};
