import type { Candidate } from '../../contract/decision.ts';
import type { RoutableAgent } from '../routing-input.ts';
import type { RoutingPolicy } from './policy.ts';
import type { Scene } from './scene.ts';
import type { Signals } from './signals.ts';

/** An agent with all that is said of it. */
export interface Judged {
  readonly agent: RoutableAgent;
  readonly signals: Signals;
  readonly score: number;
  readonly rejected: Candidate['rejected'];
}

const idOf = ({ agent }: Judged): string => agent.definition.agentId;

/** Agents that may answer, then those that a gate took out, then those that a pin left out. */
const placeOf = ({ rejected }: Judged): number => {
  if (rejected === undefined) return 0;
  return rejected === 'not_pinned' ? 2 : 1;
};

/** The better one first. */
const byFitness = (left: Judged, right: Judged): number =>
  placeOf(left) - placeOf(right) || right.score - left.score || (idOf(left) < idOf(right) ? -1 : 1);

/** The `count` best, best first: of a thousand agents ten are wanted, so that not all are sorted. */
export const foremost = (judged: readonly Judged[], count: number): readonly Judged[] => {
  const kept: Judged[] = [];
  for (const one of judged) {
    const last = kept.at(-1);
    if (kept.length === count && last !== undefined && byFitness(one, last) > 0) continue;
    let at = kept.length;
    for (let before = kept[at - 1]; before !== undefined && byFitness(one, before) < 0; before = kept[at - 1]) at -= 1;
    kept.splice(at, 0, one);
    if (kept.length > count) kept.pop();
  }
  return kept;
};

/** A share that even a slow or failing agent has: numbers are old, and it may be neither by now. */
const LEAST = 0.02;

/** Of agents that are all full, relative to one that is not: it gets nothing as long as there is one. */
const FULL = 1e-6;

/**
 * How much of its equals' traffic an agent should get: what it has free, the more the faster and the surer it is. Speed
 * counts by its square: alone it would give all agents as much work, and most turns would be with slower ones than needed.
 * Greater powers fill the fastest ones and let turns wait (docs/simulation.md).
 */
const shareOf = ({ agent, signals }: Judged, { inFlight }: Scene): number => {
  const { maxConcurrentRequests: places } = agent.definition;
  const used = inFlight(agent);
  const free = used < places ? places - used : (FULL * places) / (1 + used);
  const { speed = 0, reliability = 0 } = signals;
  return free * Math.max(LEAST, speed * speed * reliability);
};

/** Scores are sums of fractions. */
const ROUNDING = 1e-9;

/** Those about as good as the best. */
export const equalsOf = <T extends Pick<Judged, 'score'>>(able: readonly T[], equalWithin: number): T[] => {
  const best = able.reduce((most, { score }) => Math.max(most, score), Number.NEGATIVE_INFINITY);
  return able.filter(({ score }) => score >= best - equalWithin - ROUNDING);
};

/**
 * Chooses among agents that may answer. Those about as good as the best share the messages by chance, in proportion to
 * what they can take: every instance would send all to the one that was best some minutes ago if it took the best.
 *
 * @param chance in [0, 1)
 * @returns nobody if there is nobody; and how many it was chosen from
 */
export const chooseAmong = (
  able: readonly Judged[],
  scene: Scene,
  { equalWithin }: RoutingPolicy,
  chance: number,
): { readonly chosen: Judged | undefined; readonly equals: number } => {
  const equals = equalsOf(able, equalWithin).sort((left, right) => (idOf(left) < idOf(right) ? -1 : 1));
  const shares = equals.map((one) => shareOf(one, scene));
  let left = chance * shares.reduce((sum, share) => sum + share, 0);
  const index = shares.findIndex((share) => {
    left -= share;
    return left < 0;
  });
  return { chosen: equals.at(index), equals: equals.length };
};
