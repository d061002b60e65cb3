import { decide } from '../../functions/domain/routing/decide.ts';
import type { IntentReading } from '../../functions/domain/routing/intent/intent-reading.ts';
import type { RoutableAgent } from '../../functions/domain/routing/routing-input.ts';
import { ROUTING_POLICY } from '../../functions/domain/routing/scoring/policy.ts';

/** What a router instance chooses by. */
export interface Sight {
  /** Number of the instance. */
  readonly instance: number;
  readonly message: string;
  readonly role: string;
  /** All agents of the tenant. */
  readonly agents: readonly RoutableAgent[];
  /** Those of the role, in the order in which they were registered. */
  readonly peers: readonly RoutableAgent[];
  readonly roles: ReadonlySet<string>;
  /** Agents that answered in the conversation, newest first. */
  readonly previousAgents: readonly string[];
  /** Agents whose circuit lets no call through. */
  readonly refused: ReadonlySet<string>;
  /** Calls that this instance has open. */
  readonly inFlight: (agent: RoutableAgent) => number;
  /** Each in [0, 1). */
  readonly chances: readonly [number, number];
}

export type Choose = (sight: Sight) => RoutableAgent | undefined;

export interface Policy {
  readonly name: string;
  readonly title: string;
  /** A policy with nothing in mind, for one run. */
  readonly make: () => Choose;
}

/** Peers that neither health check nor circuit breaker takes out: every policy but the seed's gets these two. */
const ableOf = ({ peers, refused }: Sight): readonly RoutableAgent[] =>
  peers.filter(({ definition, health }) => health !== 'unhealthy' && !refused.has(definition.agentId));

const at = <T>(items: readonly T[], chance: number): T | undefined => items[Math.floor(chance * items.length)];

const usedShare = (agent: RoutableAgent, { inFlight }: Sight): number =>
  inFlight(agent) / agent.definition.maxConcurrentRequests;

const random: Choose = (sight) => at(ableOf(sight), sight.chances[0]);

/** Each instance goes round for itself, and begins somewhere else. */
const makeRoundRobin = (): Choose => {
  const turns = new Map<string, number>();
  return (sight) => {
    const able = ableOf(sight);
    const key = `${sight.instance} ${sight.peers[0]?.definition.agentId}`;
    const turn = turns.get(key) ?? Math.floor(sight.chances[0] * able.length);
    turns.set(key, turn + 1);
    return able[turn % Math.max(1, able.length)];
  };
};

const leastLoaded: Choose = (sight) => {
  const able = ableOf(sight);
  const least = able.reduce((most, agent) => Math.min(most, usedShare(agent, sight)), Number.POSITIVE_INFINITY);
  return at(
    able.filter((agent) => usedShare(agent, sight) === least),
    sight.chances[0],
  );
};

/** Two drawn by chance, and of these the one with less to do. */
const twoChoices: Choose = (sight) => {
  const able = ableOf(sight);
  const [first, second] = [at(able, sight.chances[0]), at(able, sight.chances[1])];
  if (first === undefined || second === undefined) return undefined;
  return usedShare(second, sight) < usedShare(first, sight) ? second : first;
};

/** The one that was fastest some minutes ago; who was not called lately is tried. */
const fastest: Choose = (sight) => {
  const able = ableOf(sight);
  const least = able.reduce((most, { p50Ms }) => Math.min(most, p50Ms ?? 0), Number.POSITIVE_INFINITY);
  return at(
    able.filter(({ p50Ms }) => (p50Ms ?? 0) === least),
    sight.chances[0],
  );
};

const readings = new Map<string, IntentReading>();

/** What the model would read, without the model: it is sure, and right. */
const readingOf = (role: string): IntentReading => {
  const known = readings.get(role) ?? {
    model: 'scripted',
    role,
    confidence: 0.92,
    sure: true,
    probabilities: new Map([
      [role, 0.92],
      ['none', 0.08],
    ]),
    taskType: 'fix',
    complexity: 0.5,
    domains: [],
    reasons: [],
  };
  readings.set(role, known);
  return known;
};

const ours: Choose = (sight) => {
  const { message, role, agents, peers, roles, previousAgents, refused, inFlight, chances } = sight;
  const { decision } = decide(
    { message, attachments: [], agents, roles, previousAgents, refused, inFlight, chance: chances[0] },
    ROUTING_POLICY,
    () => readingOf(role),
  );
  return peers.find(({ definition }) => definition.agentId === decision.targetAgent);
};

export const POLICIES: readonly Policy[] = [
  {
    name: 'first-match',
    title: 'first match (the seed)',
    make:
      () =>
      ({ peers }) =>
        peers[0],
  },
  { name: 'random', title: 'random', make: () => random },
  { name: 'round-robin', title: 'round robin', make: makeRoundRobin },
  { name: 'least-loaded', title: 'least loaded (own calls)', make: () => leastLoaded },
  { name: 'two-choices', title: 'power of two choices', make: () => twoChoices },
  { name: 'fastest', title: 'fastest (shared numbers)', make: () => fastest },
  { name: 'switchboard', title: 'Switchboard', make: () => ours },
];
