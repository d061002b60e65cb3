import { describe, expect, it } from 'vitest';
import type { RoutableAgent } from '../../../../functions/domain/routing/routing-input.ts';
import { seededChance } from '../../../twins/samples.ts';
import { agentOf, decideAmong } from './scoring-rig.ts';

const TURNS = 4_000;

/** How many of many turns each agent gets. @param inFlight calls of it that an instance has begun */
const shares = (agents: readonly RoutableAgent[], inFlight: (agentId: string) => number = () => 0) => {
  const chance = seededChance(11);
  const counts = new Map<string, number>();
  for (let turn = 0; turn < TURNS; turn += 1) {
    const load = { chance: chance(), inFlight: ({ definition }: RoutableAgent) => inFlight(definition.agentId) };
    const target = decideAmong(agents, load).decision.targetAgent ?? 'nobody';
    counts.set(target, (counts.get(target) ?? 0) + 1);
  }
  return (agentId: string) => (counts.get(agentId) ?? 0) / TURNS;
};

describe('equal agents', () => {
  it('share the messages evenly', () => {
    const share = shares(['a', 'b', 'c', 'd'].map((id) => agentOf(id)));
    for (const id of ['a', 'b', 'c', 'd']) expect(share(id)).toBeCloseTo(0.25, 1);
  });

  it('that were a little slower some minutes ago still get their share: numbers are old', () => {
    const share = shares([agentOf('a', {}, { p50Ms: 1_000 }), agentOf('b', {}, { p50Ms: 1_250 })]);
    expect(share('b')).toBeGreaterThan(0.38);
    expect(share('b')).toBeLessThan(0.5);
  });

  it('get less while this instance has calls of theirs', () => {
    const share = shares([agentOf('a'), agentOf('b')], (id) => (id === 'a' ? 1 : 0));
    expect(share('a')).toBeGreaterThan(0.38);
    expect(share('a')).toBeLessThan(0.48);
    expect(shares([agentOf('a'), agentOf('b')], (id) => (id === 'a' ? 5 : 0))('a')).toBe(0);
  });

  it('get as much as they can take', () => {
    const share = shares([
      agentOf('a', { max_concurrent_requests: 30 }),
      agentOf('b', { max_concurrent_requests: 10 }),
    ]);
    expect(share('a')).toBeCloseTo(0.75, 1);
  });

  it('get more the faster they are, by more than in proportion, and something even if they are slow', () => {
    const share = shares([agentOf('a', {}, { p50Ms: 1_000 }), agentOf('b', {}, { p50Ms: 3_000 })]);
    expect(share('b')).toBeGreaterThan(0.08);
    expect(share('b')).toBeLessThan(0.13);
    expect(shares([agentOf('a', {}, { p50Ms: 1_000 }), agentOf('b', {}, { p50Ms: 9_000 })])('b')).toBeGreaterThan(0.01);
  });

  it('of whom nothing is known get no crowd to find out: the share of the middle one', () => {
    const known = [1_000, 2_000, 4_000].map((p50Ms) => agentOf(`p50-${p50Ms}`, {}, { p50Ms }));
    const share = shares([...known, agentOf('new')]);
    expect(share('new')).toBeCloseTo(share('p50-2000'), 1);
    expect(share('new')).toBeLessThan(share('p50-1000') / 2);
    expect(shares([agentOf('a'), agentOf('b')])('a')).toBeCloseTo(0.5, 1);
  });

  it('get nothing while this instance’s calls fill them and another has a place free', () => {
    const one = { max_concurrent_requests: 1 };
    const share = shares([agentOf('a', one), agentOf('b', one), agentOf('c', one)], (id) => (id === 'b' ? 0 : 1));
    expect(share('b')).toBe(1);
  });

  it('are said to be equal; the one that was chosen comes first', () => {
    const agents = ['a', 'b', 'c'].map((id) => agentOf(id));
    const { decision } = decideAmong(agents, { chance: 0.99 });
    expect(decision.targetAgent).toBe('c');
    expect(decision.candidates.map(({ agentId }) => agentId)).toEqual(['c', 'a', 'b']);
    expect(decision.reasons).toContain('one of 3 equal agents');
    expect(decideAmong(agents.toReversed(), { chance: 0.99 }).decision).toEqual(decision);
  });

  it('do not include who is worse', () => {
    const share = shares([agentOf('a'), agentOf('b', {}, { health: 'unknown' })]);
    expect(share('b')).toBe(0);
  });

  it('survive: all of them are full', () => {
    const share = shares([agentOf('a'), agentOf('b')], () => 50);
    expect(share('a')).toBeCloseTo(0.5, 1);
  });
});

describe('an agent that fails at once', () => {
  const hole = agentOf('hole', {}, { p50Ms: 1, errorRate: 0.6 });

  it('attracts nobody: a quick failure is no speed', () => {
    const share = shares([agentOf('a', {}, { p50Ms: 1_000, errorRate: 0.01 }), hole]);
    expect(share('hole')).toBe(0);
  });

  it('does not make the others look alike', () => {
    const others = [agentOf('a', {}, { p50Ms: 1_000 }), agentOf('b', {}, { p50Ms: 2_000 })];
    const [alone, beside] = [others, [...others, hole]].map((agents) => shares(agents)('b'));
    expect(beside).toBeCloseTo(alone ?? 0, 5);
  });
});

describe('a conversation', () => {
  const taken = { max_concurrent_requests: 1 };
  const agents = [agentOf('a', taken), agentOf('b', taken)];
  const nextTurn = (message: string, inFlight: number) =>
    decideAmong(agents, {
      message,
      previousAgents: ['a'],
      chance: 0.9,
      inFlight: ({ definition }) => (definition.agentId === 'a' ? inFlight : 0),
    }).decision.targetAgent;
  const says = (length: number) => 'x'.repeat(length);

  it('stays with its agent, but does not wait for it if the message says itself what it is about', () => {
    expect(nextTurn(says(300), 0)).toBe('a');
    expect(nextTurn(says(300), 1)).toBe('b');
    expect(nextTurn(says(20), 1)).toBe('a');
  });
});

describe('instances that see the same old numbers', () => {
  it('do not all go to the same agent', () => {
    // One was the quickest some minutes ago. Eight instances route a burst by that, each knowing its own calls alone.
    const agents = ['a', 'b', 'c', 'd'].map((id, index) => agentOf(id, {}, { p50Ms: index === 2 ? 900 : 1_000 }));
    const inFlight = new Map<string, number>();
    const chance = seededChance(5);
    for (let instance = 0; instance < 8; instance += 1) {
      const own = new Map<string, number>();
      for (let turn = 0; turn < 3; turn += 1) {
        const load = { chance: chance(), inFlight: (a: RoutableAgent) => own.get(a.definition.agentId) ?? 0 };
        const target = decideAmong(agents, load).decision.targetAgent ?? 'nobody';
        own.set(target, (own.get(target) ?? 0) + 1);
        inFlight.set(target, (inFlight.get(target) ?? 0) + 1);
      }
    }
    expect(inFlight.size).toBe(4);
    expect(Math.max(...inFlight.values())).toBeLessThanOrEqual(12);
  });
});

describe('ten candidates of a thousand', () => {
  it('are the best ones, best first', () => {
    const agents = Array.from({ length: 1_000 }, (_, index) =>
      agentOf(`agent-${index}`, {}, { errorRate: ((index * 7) % 1_000) / 1_000 }),
    );
    const { candidates } = decideAmong(agents).decision;
    const scores = candidates.slice(1).map(({ score }) => score);
    expect(candidates).toHaveLength(10);
    expect(scores).toEqual(scores.toSorted((left, right) => right - left));
    expect(candidates[1]?.agentId).toBe(candidates[0]?.agentId === 'agent-0' ? 'agent-143' : 'agent-0');
  });
});
