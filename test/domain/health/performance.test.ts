import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LatencyHistogram, NO_CALLS, withCall } from '../../../functions/domain/health/latency.ts';
import {
  completeMinutes,
  type MinuteOfCalls,
  minuteOf,
  minuteOfCalls,
  withMinutes,
} from '../../../functions/domain/health/minutes.ts';
import { performanceOf } from '../../../functions/domain/health/performance.ts';

const NOW_MS = Date.UTC(2026, 10, 24, 12, 0, 30);
const NOW = minuteOf(NOW_MS);

const minute = (ago: number, tookMs: readonly number[], failures = 0): MinuteOfCalls => ({
  minute: NOW - ago,
  calls: tookMs.length,
  failures,
  totalMs: tookMs.reduce((sum, ms) => sum + ms, 0),
  latency: tookMs.reduce<LatencyHistogram>(withCall, NO_CALLS),
});

describe('the performance of an agent', () => {
  it('is unknown without calls', () => {
    expect(performanceOf([], NOW_MS)).toEqual({
      calls: 0,
      errorRate: null,
      avgMs: null,
      p50Ms: null,
      p95Ms: null,
      inFlight: 0,
    });
  });

  it('is that of all calls of the last 15 minutes', () => {
    const slow = Array.from({ length: 10 }, () => 10_000);
    const { calls, errorRate, avgMs, p50Ms, p95Ms } = performanceOf(
      [minute(16, slow, 10), minute(15, [100, 100]), minute(3, [100], 1), minute(1, [3_700])],
      NOW_MS,
    );
    expect({ calls, errorRate, avgMs }).toEqual({ calls: 4, errorRate: 0.25, avgMs: 1_000 });
    expect(p50Ms).toBeGreaterThanOrEqual(100);
    expect(p50Ms).toBeLessThanOrEqual(125);
    expect(p95Ms).toBeGreaterThanOrEqual(3_700);
    expect(p95Ms).toBeLessThanOrEqual(3_700 * 1.25);
  });

  it('counts the calls that are at work at the same time: three of 30 s in a minute are one and a half', () => {
    expect(performanceOf([minute(2, [9]), minute(1, [30_000, 30_000, 30_000])], NOW_MS).inFlight).toBe(1.5);
  });

  it('shows no load that is over, or that a stopped monitor saw last', () => {
    const minutes = [minute(4, [60_000])];
    expect(performanceOf(minutes, NOW_MS).inFlight).toBe(0);
    expect(performanceOf(minutes, NOW_MS - 60_000).inFlight).toBe(1);
    expect(performanceOf(minutes, NOW_MS).calls).toBe(1);
    expect(performanceOf(minutes, NOW_MS + 12 * 60_000).calls).toBe(0);
  });
});

describe('minutes', () => {
  it('are complete five seconds after their end', () => {
    const end = NOW * 60_000;
    expect(completeMinutes(end + 4_999).at(-1)).toBe(NOW - 2);
    expect(completeMinutes(end + 5_000)).toEqual([NOW - 5, NOW - 4, NOW - 3, NOW - 2, NOW - 1]);
  });

  it('are the sums of what all routers counted', () => {
    const parts = [minute(1, [10, 2_000], 1), minute(1, [10]), minute(1, [500], 1)];
    expect(minuteOfCalls(NOW - 1, parts)).toEqual(minute(1, [10, 2_000, 10, 500], 2));
  });

  const anyMinutes = fc
    .uniqueArray(fc.tuple(fc.nat(30), fc.array(fc.nat(9_999), { minLength: 1, maxLength: 3 })), {
      selector: ([ago]) => ago,
      maxLength: 20,
    })
    .map((minutes) => minutes.map(([ago, tookMs]) => minute(ago, tookMs)));

  it('that are read again change nothing', () => {
    const property = fc.property(anyMinutes, anyMinutes, (known, read) => {
      const once = withMinutes(known, read);
      expect(
        withMinutes(
          once,
          read.filter((one) => one.minute >= (once[0]?.minute ?? 0)),
        ),
      ).toEqual(once);
    });
    fc.assert(property);
  });

  it('are the newest 15 of both, in order, and what was read stands', () => {
    const property = fc.property(anyMinutes, anyMinutes, (known, read) => {
      const all = withMinutes(known, read);
      const present = [...new Set([...known, ...read].map((one) => one.minute))].sort((left, right) => left - right);
      expect(all.map((one) => one.minute)).toEqual(present.slice(-15));
      for (const one of read) if (one.minute >= (all[0]?.minute ?? 0)) expect(all).toContain(one);
    });
    fc.assert(property);
  });
});
