/** What ails some agents for a while. */
export interface Trouble {
  /** Which agents of each role of each tenant: those from this share of them up to that, each in [0, 1]. */
  readonly agents: readonly [number, number];
  /** How much longer than usual a call takes. @default 1 */
  readonly slowdown?: number;
  /** Share of calls that fail. @default 0 */
  readonly failures?: number;
  /** When a failing call fails, ms after it was begun. @default when it would have ended */
  readonly failsAfterMs?: number;
  /** Whether nothing answers any more, health checks included. @default false */
  readonly isDead?: boolean;
}

/** An hour, or whatever time is simulated, of one kind. */
export interface Scenario {
  readonly name: string;
  readonly title: string;
  /** Roles among which the agents of each tenant are divided. */
  readonly roles: number;
  /**
   * Whether each router instance has one turn at a time, as on Lambda: it then never has calls of its own open when it
   * chooses. Otherwise a few instances have many turns each.
   */
  readonly oneTurnAnInstance: boolean;
  /** How many times as many conversations as usual begin during the middle of the time. */
  readonly crowd: number;
  /** During the middle of the time. */
  readonly troubles: readonly Trouble[];
  /** Of each role of each tenant, the share of agents that are registered only at the middle of the time. */
  readonly newcomers: number;
}

const STEADY: Omit<Scenario, 'name' | 'title'> = {
  roles: 5,
  oneTurnAnInstance: false,
  crowd: 1,
  troubles: [],
  newcomers: 0,
};

const SLOW: Trouble = { agents: [0, 0.1], slowdown: 10 };
const FAILING: readonly Trouble[] = [
  { agents: [0, 0.2], failures: 0.5 },
  { agents: [0.2, 0.25], isDead: true },
];
const BLACK_HOLE: Trouble = { agents: [0, 0.1], failures: 1, failsAfterMs: 1 };

export const SCENARIOS: readonly Scenario[] = [
  { ...STEADY, name: 'steady', title: 'agents of mixed speed' },
  { ...STEADY, name: 'slowdown', title: 'a tenth ten times as slow', troubles: [SLOW] },
  { ...STEADY, name: 'failures', title: 'a fifth fail half their calls, a twentieth hang', troubles: FAILING },
  { ...STEADY, name: 'crowd', title: 'five times the traffic', crowd: 5 },
  { ...STEADY, name: 'lambda', title: 'the same with one turn an instance', oneTurnAnInstance: true, crowd: 5 },
  { ...STEADY, name: 'newcomer', title: 'a new agent in each role', newcomers: 0.05 },
  { ...STEADY, name: 'black-hole', title: 'a tenth fail within 1 ms', troubles: [BLACK_HOLE] },
  { ...STEADY, name: 'many-roles', title: 'ten roles of ten agents', roles: 10 },
];

/** When what of a run is: traffic runs in, is measured, and something is the matter in the middle of it. */
export interface Phases {
  readonly measuredFromMs: number;
  readonly troubleFromMs: number;
  readonly troubleUntilMs: number;
  readonly endMs: number;
}

/** @param hours of an hour the first ten minutes run in, and trouble lasts from the twentieth to the thirtieth */
export const phasesOf = (hours: number): Phases => {
  const endMs = hours * 3_600_000;
  return { measuredFromMs: endMs / 6, troubleFromMs: endMs / 3, troubleUntilMs: endMs / 2, endMs };
};
