import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkOrder } from '../../../functions/domain/health/check-order.ts';

const agent = fc.record({
  owner: fc.constantFrom('global', 'a', 'b', 'c'),
  state: fc.record({ lastCheckMs: fc.option(fc.integer({ min: 1, max: 9 })) }),
});

describe('the order of health checks', () => {
  it('keeps every agent, and of one owner those first that waited longest', () => {
    const property = fc.property(fc.array(agent), (agents) => {
      const order = checkOrder(agents);
      expect(new Set(order)).toEqual(new Set(agents));
      expect(order).toHaveLength(agents.length);
      for (const queue of Map.groupBy(order, ({ owner }) => owner).values()) {
        const times = queue.map(({ state }) => state.lastCheckMs ?? 0);
        expect(times).toEqual(times.toSorted((left, right) => left - right));
      }
    });
    fc.assert(property);
  });

  it('lets no owner wait for more than one agent of each other', () => {
    const property = fc.property(fc.array(agent), (agents) => {
      const order = checkOrder(agents);
      for (const owner of new Set(agents.map((one) => one.owner))) {
        const first = order.findIndex((one) => one.owner === owner);
        expect(new Set(order.slice(0, first).map((one) => one.owner)).size).toBe(first);
      }
    });
    fc.assert(property);
  });
});
