import { quantileMs } from './latency.ts';
import { KEPT_MINUTES, MINUTE_MS, type MinuteOfCalls, minuteOf, minuteOfCalls } from './minutes.ts';

/** How an agent did in the last 15 minutes, as far as the monitor saw them; null without calls. */
export interface Performance {
  readonly calls: number;
  /** In [0, 1]. */
  readonly errorRate: number | null;
  readonly avgMs: number | null;
  /** In whole ms; at most a quarter more than it was: `LatencyHistogram`. */
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  /** Calls at work at the same time, the mean over the newest minute. */
  readonly inFlight: number;
}

/**
 * How many minutes the newest one that the monitor could see is behind: it takes whole minutes alone, runs once a
 * minute, and takes up to a minute to write what it saw.
 */
const MONITOR_LAG_MINUTES = 3;

/** To the microsecond; a ratio to a thousandth. */
const rounded = (value: number): number => Math.round(value * 1000) / 1000;

/** @param minutes an agent's minutes with calls, oldest first */
export const performanceOf = (minutes: readonly MinuteOfCalls[], nowMs: number): Performance => {
  const thisMinute = minuteOf(nowMs);
  const recent = minutes.filter(({ minute }) => minute >= thisMinute - KEPT_MINUTES);
  const { calls, failures, totalMs, latency } = minuteOfCalls(thisMinute, recent);
  const quantile = (q: number): number | null => {
    const ms = quantileMs(latency, q);
    return ms === null ? null : Math.round(ms);
  };
  const newest = recent.at(-1);
  const isCurrent = newest !== undefined && newest.minute >= thisMinute - MONITOR_LAG_MINUTES;
  return {
    calls,
    errorRate: calls === 0 ? null : failures / calls,
    avgMs: calls === 0 ? null : rounded(totalMs / calls),
    p50Ms: quantile(0.5),
    p95Ms: quantile(0.95),
    // Little's law: calls at work = calls a second × seconds each.
    inFlight: isCurrent ? rounded(newest.totalMs / MINUTE_MS) : 0,
  };
};
