import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeEventQueue } from '../../../lib/simulation/event-queue.ts';

const drain = (queue: ReturnType<typeof makeEventQueue<string>>): readonly string[] => {
  const taken: string[] = [];
  for (let event = queue.take(); event !== undefined; event = queue.take()) taken.push(event);
  return taken;
};

describe('virtual time', () => {
  it('goes on to whatever comes next, in whatever order it was put in', () => {
    const property = fc.property(fc.array(fc.nat(50)), (times) => {
      const queue = makeEventQueue<string>();
      times.forEach((atMs, index) => {
        queue.put(atMs, `${atMs} ${index}`);
      });
      const inOrder = times
        .map((atMs, index) => ({ atMs, index }))
        .sort((a, b) => a.atMs - b.atMs || a.index - b.index);
      expect(queue.nextMs()).toBe(inOrder[0]?.atMs ?? Number.POSITIVE_INFINITY);
      expect(drain(queue)).toEqual(inOrder.map(({ atMs, index }) => `${atMs} ${index}`));
    });
    fc.assert(property, { seed: 7 });
  });

  it('takes in what is put while it goes', () => {
    const queue = makeEventQueue<string>();
    queue.put(2, 'second');
    queue.put(5, 'last');
    expect(queue.take()).toBe('second');
    queue.put(3, 'between');
    expect(drain(queue)).toEqual(['between', 'last']);
    expect(queue.nextMs()).toBe(Number.POSITIVE_INFINITY);
  });
});
