import { type LatencyHistogram, merged, NO_CALLS } from './latency.ts';

export const MINUTE_MS = 60_000;

/** Minutes with calls that are kept of each agent. */
export const KEPT_MINUTES = 15;

/** Complete minutes that every run of the monitor reads: what one run missed, or came late, the next ones find. */
const READ_MINUTES = 5;

/** After its end a minute's measurements may still arrive: instances' clocks differ by ± 2 s, and stores lag. */
const LATE_MS = 5_000;

/** Some calls of one agent. */
interface Calls {
  readonly calls: number;
  /** Calls that failed or timed out; a busy agent did not fail. */
  readonly failures: number;
  readonly totalMs: number;
  readonly latency: LatencyHistogram;
}

/** Calls of one agent within one minute, over all routers. */
export interface MinuteOfCalls extends Calls {
  /** Minutes since the epoch. */
  readonly minute: number;
}

export const minuteOf = (ms: number): number => Math.floor(ms / MINUTE_MS);

/** The newest minutes of which all measurements have arrived, oldest first. */
export const completeMinutes = (nowMs: number): readonly number[] => {
  const next = minuteOf(nowMs - LATE_MS);
  return Array.from({ length: READ_MINUTES }, (_, index) => next - READ_MINUTES + index);
};

/** All of a minute's calls together. */
export const minuteOfCalls = (minute: number, parts: readonly Calls[]): MinuteOfCalls =>
  parts.reduce<MinuteOfCalls>(
    (sum, part) => ({
      minute,
      calls: sum.calls + part.calls,
      failures: sum.failures + part.failures,
      totalMs: sum.totalMs + part.totalMs,
      latency: merged(sum.latency, part.latency),
    }),
    { minute, calls: 0, failures: 0, totalMs: 0, latency: NO_CALLS },
  );

/**
 * The newest minutes of both, oldest first. What was read now takes the place of what was known of the same minute:
 * reading a minute again changes nothing, or adds what came late.
 */
export const withMinutes = (
  known: readonly MinuteOfCalls[],
  read: readonly MinuteOfCalls[],
): readonly MinuteOfCalls[] => {
  const byMinute = new Map([...known, ...read].map((calls) => [calls.minute, calls]));
  return [...byMinute.values()].sort((left, right) => left.minute - right.minute).slice(-KEPT_MINUTES);
};
