import type { CompareMessage, CompareProfiles } from '../../domain/routing/scoring/compare-profiles.ts';
import { comparedAgents } from '../../domain/routing/scoring/compared-agents.ts';
import type { ProfileStore, RoutableAgent } from '../agent-ports.ts';
import type { Clock, Log } from '../ports.ts';

export interface CompareAgentsDependencies {
  readonly profiles: ProfileStore;
  readonly compareProfiles: CompareProfiles;
  readonly clock: Clock;
  readonly log: Pick<Log, 'warn'>;
}

/** Prepares the comparison of messages with these agents; never rejects: who cannot be compared has no similarity. */
export type CompareAgents = (agents: readonly RoutableAgent[], signal: AbortSignal) => Promise<CompareMessage>;

/** Profiles kept, of 2 KB each, and comparisons, of about a megabyte for a hundred agents. */
const MAX_PROFILES = 4_096;
const MAX_COMPARISONS = 8;

/** How long one that is not there, as just after it was made, is not asked for again, ms. */
const ABSENT_MS = 1_000;

const NOTHING: CompareMessage = () => () => undefined;

const forgetOldest = (map: Map<string, unknown>, most: number): void => {
  for (const key of map.keys()) {
    if (map.size <= most) return;
    map.delete(key);
  }
};

/**
 * Reads the profiles that an instance does not have yet, and compares by what it prepared before as long as the agents and
 * their profiles stay the same.
 */
export const makeCompareAgents = ({
  profiles,
  compareProfiles,
  clock,
  log,
}: CompareAgentsDependencies): CompareAgents => {
  const texts = new Map<string, string>();
  const absentUntilMs = new Map<string, number>();
  const comparisons = new Map<string, CompareMessage>();

  const readMissing = async (missing: readonly RoutableAgent[], signal: AbortSignal): Promise<void> => {
    try {
      for (const [name, text] of await profiles.read(missing, signal)) texts.set(name, text);
      forgetOldest(texts, MAX_PROFILES);
    } catch (cause) {
      log.warn('profiles not read: agents are compared by what is known', { missing: missing.length, cause });
    }
    for (const { definition } of missing) absentUntilMs.set(definition.profile ?? '', clock() + ABSENT_MS);
    forgetOldest(absentUntilMs, MAX_PROFILES);
  };

  return async (agents, signal) => {
    const compared = comparedAgents(agents).flatMap((agent) =>
      agent.definition.profile === undefined ? [] : [{ agent, name: agent.definition.profile }],
    );
    if (compared.length === 0) return NOTHING;
    const missing = compared.filter(({ name }) => !texts.has(name) && clock() >= (absentUntilMs.get(name) ?? 0));
    if (missing.length > 0)
      await readMissing(
        missing.map(({ agent }) => agent),
        signal,
      );
    const known = compared.flatMap(({ agent, name }) => {
      const text = texts.get(name);
      return text === undefined ? [] : [{ agentId: agent.definition.agentId, name, text }];
    });
    const key = known.map(({ name }) => name).join(' ');
    const compare = comparisons.get(key) ?? compareProfiles(new Map(known.map(({ agentId, text }) => [agentId, text])));
    comparisons.delete(key);
    comparisons.set(key, compare);
    forgetOldest(comparisons, MAX_COMPARISONS);
    return compare;
  };
};
