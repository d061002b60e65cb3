import type { Call, CallOutcome } from './call.ts';
import type { SimulatedAgent } from './fleet.ts';
import type { SimulatedTurn } from './traffic.ts';
import type { World } from './world.ts';

/** What a run came to. Times in seconds, ratios in [0, 1]. */
export interface Figures {
  readonly turns: number;
  /** Time from message to answer; who waited in vain until the deadline counts, who was failed before does not. */
  readonly p50S: number;
  readonly p99S: number;
  readonly meanS: number;
  /** Share of turns whose first call failed, timed out, or found nobody. */
  readonly errors: number;
  /** p99 of the time that a turn waits for its agent's free place. */
  readonly waitP99S: number;
  /** Jain's index of the work per place of a role's agents that nothing ailed, the mean over roles; 1: all alike. */
  readonly fairness: number;
  /** The most-called agent's share of a role's turns over its share of places; p95 over roles and five minutes. */
  readonly herding: number;
  /** Share of a conversation's further turns in the same role that go to the agent that answered before. */
  readonly kept: number;
  /** Median time from an agent's registration, or the end of its trouble, to its first answer; null without such. */
  readonly usedAgainS: number | null;
}

/** Watches a run. */
export interface Tally {
  routed(turn: SimulatedTurn, agent: SimulatedAgent, previousAgents: readonly string[]): void;
  unrouted(turn: SimulatedTurn): void;
  ended(call: Call, outcome: CallOutcome, atMs: number): void;
  figures(): Figures;
}

const WINDOW_MS = 5 * 60_000;
/** Turns of a role within a window from which it is said how they are spread. */
const ENOUGH_TURNS = 50;

const rounded = (value: number, places: number): number => Math.round(value * 10 ** places) / 10 ** places;

const quantile = (sorted: Float64Array, share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;

const seconds = (ms: number): number => rounded(ms / 1000, 2);

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

/** (Σx)² / (n Σx²). @see Jain, Chiu, Hawe 1984 */
export const jainIndex = (values: readonly number[]): number => {
  const sum = values.reduce((total, value) => total + value, 0);
  const squares = values.reduce((total, value) => total + value * value, 0);
  return squares === 0 ? 1 : (sum * sum) / (values.length * squares);
};

const groupOf = ({ tenant, card }: SimulatedAgent): string => `${tenant} ${card.agentType}`;

const addTo = <K>(counts: Map<K, number>, key: K, amount: number): void => {
  counts.set(key, (counts.get(key) ?? 0) + amount);
};

/** How far the most-called agent of each role and five minutes is above its share. */
const herdingOf = (
  windows: ReadonlyMap<string, ReadonlyMap<SimulatedAgent, number>>,
  fleet: readonly SimulatedAgent[],
) => {
  const places = new Map<string, number>();
  for (const agent of fleet) addTo(places, groupOf(agent), agent.capacity);
  const peaks = [...windows.values()].flatMap((counts) => {
    const turns = [...counts.values()].reduce((sum, count) => sum + count, 0);
    if (turns < ENOUGH_TURNS) return [];
    return Math.max(
      ...[...counts].map(([agent, count]) => (count / turns) * ((places.get(groupOf(agent)) ?? 0) / agent.capacity)),
    );
  });
  return quantile(Float64Array.from(peaks).sort(), 0.95);
};

export const makeTally = ({ fleet, phases, conditions }: World): Tally => {
  const tookMs: number[] = [];
  const waitedMs: number[] = [];
  const workMs = new Map<SimulatedAgent, number>();
  const windows = new Map<string, Map<SimulatedAgent, number>>();
  const firstAnswerMs = new Map<SimulatedAgent, number>();
  const roleOf = new Map(fleet.map(({ id, card }) => [id, card.agentType as string]));
  let turns = 0;
  let errors = 0;
  let further = 0;
  let kept = 0;
  const isMeasured = ({ atMs }: SimulatedTurn): boolean => atMs >= phases.measuredFromMs;

  /** When an agent could be used from: whom nothing ailed and who is not new is not looked at. */
  const usableFromMs = (agent: SimulatedAgent): number | undefined => {
    if (conditions.bornAtMs(agent) > 0) return conditions.bornAtMs(agent);
    return conditions.isTroubled(agent) ? phases.troubleUntilMs : undefined;
  };

  const usedAgain = (): number | null => {
    const times = fleet.flatMap((agent) => {
      const fromMs = usableFromMs(agent);
      return fromMs === undefined ? [] : [(firstAnswerMs.get(agent) ?? phases.endMs) - fromMs];
    });
    return times.length === 0 ? null : seconds(quantile(Float64Array.from(times).sort(), 0.5));
  };

  const fairness = (): number => {
    const sound = fleet.filter((agent) => usableFromMs(agent) === undefined);
    const byGroup = [...Map.groupBy(sound, groupOf).values()];
    return meanOf(byGroup.map((agents) => jainIndex(agents.map((agent) => (workMs.get(agent) ?? 0) / agent.capacity))));
  };

  return {
    routed: (turn, agent, previousAgents) => {
      if (!isMeasured(turn)) return;
      const [previous] = previousAgents;
      if (previous !== undefined && roleOf.get(previous) === turn.role) {
        further += 1;
        if (previous === agent.id) kept += 1;
      }
      const window = `${groupOf(agent)} ${Math.floor(turn.atMs / WINDOW_MS)}`;
      const counts = windows.get(window) ?? new Map<SimulatedAgent, number>();
      windows.set(window, counts);
      addTo(counts, agent, 1);
    },
    unrouted: (turn) => {
      if (!isMeasured(turn)) return;
      turns += 1;
      errors += 1;
    },
    ended: ({ turn, agent, begunAtMs }, outcome, atMs) => {
      const fromMs = usableFromMs(agent);
      if (outcome === 'answered' && fromMs !== undefined && turn.atMs >= fromMs && !firstAnswerMs.has(agent))
        firstAnswerMs.set(agent, turn.atMs);
      if (!isMeasured(turn)) return;
      turns += 1;
      if (outcome !== 'answered') errors += 1;
      if (outcome !== 'failed') tookMs.push(atMs - turn.atMs);
      waitedMs.push((begunAtMs ?? atMs) - turn.atMs);
      if (begunAtMs !== undefined) addTo(workMs, agent, atMs - begunAtMs);
    },
    figures: () => {
      const times = Float64Array.from(tookMs).sort();
      return {
        turns,
        p50S: seconds(quantile(times, 0.5)),
        p99S: seconds(quantile(times, 0.99)),
        meanS: seconds(meanOf(tookMs)),
        errors: rounded(errors / Math.max(1, turns), 4),
        waitP99S: seconds(quantile(Float64Array.from(waitedMs).sort(), 0.99)),
        fairness: rounded(fairness(), 3),
        herding: rounded(herdingOf(windows, fleet), 2),
        kept: rounded(kept / Math.max(1, further), 3),
        usedAgainS: usedAgain(),
      };
    },
  };
};
