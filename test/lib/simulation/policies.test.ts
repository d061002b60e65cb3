import { describe, expect, it } from 'vitest';
import type { RoutableAgent } from '../../../functions/domain/routing/routing-input.ts';
import { POLICIES } from '../../../lib/simulation/policies.ts';
import { choosing, seenAs } from './simulation-rig.ts';

const THREE = ['a', 'b', 'c'].map((id) => seenAs(id));
const busy =
  (calls: Readonly<Record<string, number>>) =>
  ({ definition }: RoutableAgent): number =>
    calls[definition.agentId] ?? 0;

describe('a policy', () => {
  it('first match takes the first, whatever it is like', () => {
    const choose = choosing('first-match');
    expect(choose(THREE, { refused: new Set(['a']) })).toBe('a');
  });

  it('random takes whom chance says', () => {
    const choose = choosing('random');
    expect([0, 0.34, 0.99].map((chance) => choose(THREE, { chances: [chance, 0] }))).toEqual(['a', 'b', 'c']);
  });

  it('round robin goes round, each instance for itself', () => {
    const choose = choosing('round-robin');
    expect([0, 1, 2, 3].map(() => choose(THREE))).toEqual(['a', 'b', 'c', 'a']);
    expect(choose(THREE, { instance: 1, chances: [0.5, 0] })).toBe('b');
  });

  it('least loaded takes who has the smallest share of its places in use', () => {
    const choose = choosing('least-loaded');
    const agents = [seenAs('a', { capacity: 4 }), seenAs('b'), seenAs('c', { capacity: 2 })];
    expect(choose(agents, { inFlight: busy({ a: 1, b: 1, c: 1 }) })).toBe('a');
    expect(choose(agents, { inFlight: busy({ a: 3, b: 1, c: 1 }) })).toBe('c');
  });

  it('two choices takes the less busy of two', () => {
    const choose = choosing('two-choices');
    expect(choose(THREE, { chances: [0, 0.5], inFlight: busy({ a: 1 }) })).toBe('b');
    expect(choose(THREE, { chances: [0, 0.5], inFlight: busy({ a: 1, b: 1 }) })).toBe('a');
  });

  it('fastest takes who was, or of whom nothing is known', () => {
    const choose = choosing('fastest');
    const agents = [seenAs('a'), seenAs('b', { p50Ms: 500 })];
    expect(choose(agents)).toBe('b');
    expect(choose([...agents, seenAs('c', { p50Ms: null })])).toBe('c');
  });

  it('of Switchboard keeps a conversation with its agent', () => {
    const choose = choosing('switchboard');
    for (const chance of [0, 0.5, 0.99])
      expect(choose(THREE, { previousAgents: ['b'], chances: [chance, 0] })).toBe('b');
  });

  it.each(POLICIES.filter(({ name }) => name !== 'first-match').map(({ name }) => name))(
    '%s takes nobody whom a gate takes out',
    (name) => {
      const choose = choosing(name);
      const agents = [seenAs('a'), seenAs('b', { health: 'unhealthy' }), seenAs('c')];
      for (const chance of [0, 0.3, 0.6, 0.99])
        expect(choose(agents, { refused: new Set(['a']), chances: [chance, chance] })).toBe('c');
      expect(choose(agents, { refused: new Set(['a', 'c']) })).toBeUndefined();
      expect(choose([])).toBeUndefined();
    },
  );
});
