import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bucketOf,
  type LatencyHistogram,
  merged,
  NO_CALLS,
  quantileMs,
  upperMs,
  withCall,
} from '../../../functions/domain/health/latency.ts';

/** Up to Lambda's 15 minutes. */
const duration = fc.integer({ min: 0, max: 900_000_000 }).map((us) => us / 1000);
const durations = fc.array(duration, { minLength: 1, maxLength: 60 });
const share = fc.double({ min: 0, max: 1, noNaN: true });

const histogramOf = (calls: readonly number[]): LatencyHistogram => calls.reduce(withCall, NO_CALLS);
/** Of bounds that are computed by powers. */
const ROUNDING = 1 + 1e-9;

describe('a histogram of durations', () => {
  it('holds each call in the bucket whose bounds are around it', () => {
    const property = fc.property(duration, (ms) => {
      const bucket = bucketOf(ms);
      expect(ms).toBeLessThanOrEqual(upperMs(bucket) * ROUNDING);
      if (bucket > 0) expect(ms * ROUNDING).toBeGreaterThan(upperMs(bucket - 1));
    });
    fc.assert(property);
  });

  it('gives quantiles that are right to a quarter', () => {
    const property = fc.property(durations, share, (calls, q) => {
      const sorted = calls.toSorted((left, right) => left - right);
      const exact = sorted[Math.max(1, Math.ceil(q * calls.length)) - 1] ?? 0;
      const found = quantileMs(histogramOf(calls), q) ?? Number.NaN;
      expect(exact).toBeLessThanOrEqual(found * ROUNDING);
      expect(found).toBeLessThanOrEqual(Math.max(1, exact * 1.25) * ROUNDING);
    });
    fc.assert(property);
  });

  it('of two instances is that of all their calls', () => {
    const property = fc.property(durations, durations, (left, right) => {
      expect(merged(histogramOf(left), histogramOf(right))).toEqual(histogramOf([...left, ...right]));
    });
    fc.assert(property);
  });

  it('of no calls has no quantile, and changes no other', () => {
    expect(quantileMs(NO_CALLS, 0.5)).toBeNull();
    expect(quantileMs([0, 0], 0.5)).toBeNull();
    expect(merged(NO_CALLS, histogramOf([3]))).toEqual(histogramOf([3]));
  });

  it('survives a call that took longer than any bucket says', () => {
    expect(quantileMs(histogramOf([1e9]), 1)).toBe(upperMs(63));
  });
});
