import { describe, expect, it } from 'vitest';
import { makeAgentQueue } from '../../../lib/simulation/agent-queue.ts';
import { agentWith } from './simulation-rig.ts';

const all = () => true;

describe("an agent's queue", () => {
  it('begins as many turns as the agent has places, the others in the order in which they came', () => {
    const queue = makeAgentQueue<string>(agentWith('a', { capacity: 2 }));
    expect(['one', 'two', 'three', 'four'].map(queue.arrive)).toEqual([true, true, false, false]);
    expect([queue.finish(all), queue.finish(all)]).toEqual(['three', 'four']);
    expect([queue.finish(all), queue.finish(all)]).toEqual([undefined, undefined]);
    expect(queue.arrive('five')).toBe(true);
  });

  it('leaves out turns for which nobody waits any more', () => {
    const queue = makeAgentQueue<string>(agentWith('a', { capacity: 1 }));
    for (const turn of ['one', 'gone', 'two']) queue.arrive(turn);
    expect(queue.finish((turn) => turn !== 'gone')).toBe('two');
  });

  it('survives a long queue', () => {
    const queue = makeAgentQueue<number>(agentWith('a', { capacity: 1 }));
    const turns = Array.from({ length: 1_000 }, (_, index) => index);
    for (const turn of turns) queue.arrive(turn);
    expect(turns.slice(1).map(() => queue.finish(all))).toEqual(turns.slice(1));
    expect(queue.finish(all)).toBeUndefined();
  });
});
