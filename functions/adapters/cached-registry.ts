import * as z from 'zod';
import type { AgentOwner, Registry, RoutableAgent } from '../application/agent-ports.ts';
import type { Clock, Log, TenantRules } from '../application/ports.ts';
import { Health, StoredRoutingCard } from '../domain/contract/agent.ts';
import type { TenantId } from '../domain/contract/ids.ts';
import { caughtUp, type Entries, follows, type SnapshotEntry } from '../domain/registry/snapshot.ts';
import { type CompiledRules, mergeRules } from '../domain/routing/rules/compile-rules.ts';
import type { SnapshotReader } from './dynamodb/registry/snapshot-reader.ts';
import type { OwnerRules, RuleReading } from './rule-reading.ts';

export interface CachedRegistryDependencies {
  readonly snapshots: SnapshotReader;
  readonly readRules: RuleReading;
  /** Rules that are everybody's and on no record: tried after those that are. */
  readonly builtInRules: CompiledRules;
  readonly clock: Clock;
  readonly chance: () => number;
  readonly log: Pick<Log, 'warn' | 'error'>;
}

/**
 * How long a copy is used, ms, spread so that instances do not all read at the same time. Together with what the read
 * itself may have been behind it is 5 s at most: nothing for a consistent read, about a second for the others.
 */
const FRESH_MS = { consistent: { min: 4_000, spread: 1_000 }, eventual: { min: 2_000, spread: 2_000 } };

/** Copies of different owners that one instance keeps. */
const MAX_OWNERS = 256;

/** What is known of one owner's agents and rules. */
interface View {
  /** Of the manifest that it is from; 0: the owner never had an agent or a rule. */
  readonly generation: number;
  readonly entries: Entries;
  readonly agents: readonly RoutableAgent[];
  readonly rules: OwnerRules;
}

interface Copy {
  /** The last that was read whole; undefined before the first. */
  view: View | undefined;
  reading: Promise<View>;
  readonly untilMs: number;
}

/** Turns entries into agents; an entry that did not change stays the same object, so that others can remember it. */
const makeAgentReading = (log: Pick<Log, 'error'>) => {
  const known = new WeakMap<SnapshotEntry, readonly RoutableAgent[]>();
  const read = (owner: AgentOwner, entry: SnapshotEntry): readonly RoutableAgent[] => {
    const definition = z.safeDecode(StoredRoutingCard, entry.card as never);
    if (!definition.success) {
      log.error('card not readable', { owner, agent_id: entry.card.agent_id, cause: definition.error });
      return [];
    }
    const health = Health.safeParse(entry.health).data ?? 'unknown';
    const { version, p50Ms, errorRate } = entry;
    return [{ owner, definition: definition.data, version, health, p50Ms, errorRate }];
  };
  return (owner: AgentOwner, entry: SnapshotEntry): readonly RoutableAgent[] => {
    const agents = known.get(entry) ?? read(owner, entry);
    known.set(entry, agents);
    return agents;
  };
};

/**
 * A registry that looks at each owner's manifest at most every 5 s and follows its changes; all agents are read only
 * by an instance that has none yet or fell behind, rules when the manifest names others. If the store cannot be read,
 * the last copy stands. A tenant's own agent takes the place of a global one with the same id.
 */
export const makeCachedRegistry = (deps: CachedRegistryDependencies): Registry & TenantRules => {
  const { snapshots, readRules, builtInRules, clock, chance, log } = deps;
  const copies = new Map<AgentOwner, Copy>();
  const agentsOf = makeAgentReading(log);

  const read = async (owner: AgentOwner, last: View | undefined, isConsistent: boolean, signal: AbortSignal) => {
    const manifest = await snapshots.manifest(owner, isConsistent, signal);
    if (last?.generation === manifest.generation && last.rules.id === manifest.rules?.id) return last;
    const [entries, rules] = await Promise.all([
      last !== undefined && follows(manifest, last.generation)
        ? caughtUp(manifest, last.entries, last.generation)
        : snapshots.entries(owner, manifest, signal),
      readRules(owner, manifest.rules, last?.rules, signal),
    ]);
    const agents = [...entries.values()].flatMap((entry) => agentsOf(owner, entry));
    return { generation: manifest.generation, entries, agents, rules };
  };

  const refresh = (owner: AgentOwner, view: View | undefined, signal: AbortSignal): Copy => {
    // Whoever never had an agent is asked about for half the price: most tenants have none.
    const isConsistent = view !== undefined && view.generation > 0;
    const { min, spread } = isConsistent ? FRESH_MS.consistent : FRESH_MS.eventual;
    const untilMs = clock() + min + chance() * spread;
    const renewed = read(owner, view, isConsistent, signal);
    const copy: Copy = { view, untilMs, reading: renewed };
    copy.reading = renewed.then(
      (next) => {
        copy.view = next;
        return next;
      },
      (cause: unknown) => {
        if (view !== undefined) {
          log.warn('registry not readable; the last copy stands', { owner, cause });
          return view;
        }
        if (copies.get(owner) === copy) copies.delete(owner);
        throw cause;
      },
    );
    return copy;
  };

  const ofOwner = (owner: AgentOwner, signal: AbortSignal): Promise<View> => {
    const last = copies.get(owner);
    if (last !== undefined && clock() < last.untilMs) return last.reading;
    const copy = refresh(owner, last?.view, signal);
    copies.delete(owner);
    copies.set(owner, copy);
    const oldest = copies.keys().next().value;
    if (copies.size > MAX_OWNERS && oldest !== undefined) copies.delete(oldest);
    return copy.reading;
  };

  const visible = (tenant: TenantId, signal: AbortSignal): Promise<[View, View]> =>
    Promise.all([ofOwner(tenant, signal), ofOwner('global', signal)]);

  return {
    agents: async (tenant, signal) => {
      const [{ agents: own }, { agents: global }] = await visible(tenant, signal);
      if (own.length === 0) return global;
      const ownIds = new Set(own.map(({ definition }) => definition.agentId));
      return [...own, ...global.filter(({ definition }) => !ownIds.has(definition.agentId))];
    },

    rules: async (tenant, signal) => {
      const [own, global] = await visible(tenant, signal);
      return mergeRules(own.rules.rules, global.rules.rules, builtInRules);
    },
  };
};
