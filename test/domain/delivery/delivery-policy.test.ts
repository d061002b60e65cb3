import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  DELIVERY_POLICY,
  type DeliveryPolicy,
  retryDelayMs,
} from '../../../functions/domain/delivery/delivery-policy.ts';

const policies: fc.Arbitrary<DeliveryPolicy> = fc
  .record({ baseDelayMs: fc.integer({ min: 1, max: 10_000 }), factor: fc.integer({ min: 1, max: 1_000 }) })
  .map(({ baseDelayMs, factor }) => ({ ...DELIVERY_POLICY, baseDelayMs, maxDelayMs: baseDelayMs * factor }));
const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe('the delay before a retry', () => {
  it('lies between the base and its bound, in whole milliseconds', () => {
    const property = fc.property(fc.integer({ min: 1, max: 60 }), policies, chance, (deliveries, policy, value) => {
      const delayMs = retryDelayMs(deliveries, policy, () => value);
      expect(Number.isInteger(delayMs)).toBe(true);
      expect(delayMs).toBeGreaterThanOrEqual(policy.baseDelayMs);
      const spreadMs = policy.baseDelayMs * 2 ** deliveries;
      expect(delayMs).toBeLessThanOrEqual(Math.min(policy.maxDelayMs, policy.baseDelayMs + spreadMs));
    });
    fc.assert(property);
  });

  it('may grow with every delivery until the cap, and never waits longer than a queue can', () => {
    const longest = [1, 2, 3, 4, 5, 20].map((deliveries) => retryDelayMs(deliveries, DELIVERY_POLICY, () => 0.999_999));
    expect(longest).toEqual(longest.toSorted((left, right) => left - right));
    expect(longest.at(-1)).toBeLessThanOrEqual(15 * 60_000);
  });

  it('uses all of its spread', () => {
    expect(retryDelayMs(3, DELIVERY_POLICY, () => 0)).toBe(2_000);
    expect(retryDelayMs(3, DELIVERY_POLICY, () => 0.5)).toBe(10_000);
  });

  it('rejects a delivery that was not made', () => {
    expect(() => retryDelayMs(0, DELIVERY_POLICY, () => 0)).toThrow(RangeError);
  });
});
