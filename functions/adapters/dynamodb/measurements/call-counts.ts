import * as z from 'zod';
import type { MinuteOfCalls } from '../../../domain/health/minutes.ts';

/** Calls, failures, total ms, then bucket and count of each bucket that has calls. */
export const StoredCounts = z.array(z.number()).min(3);

type Counts = Omit<MinuteOfCalls, 'minute'>;

/** Counts in few bytes: most buckets are empty. */
export const packCounts = ({ calls, failures, totalMs, latency }: Counts): number[] => [
  calls,
  failures,
  totalMs,
  ...latency.flatMap((count, bucket) => (count === 0 ? [] : [bucket, count])),
];

/** The reverse of `packCounts`. */
export const unpackCounts = ([calls = 0, failures = 0, totalMs = 0, ...pairs]: readonly number[]): Counts => {
  const latency: number[] = [];
  for (let index = 0; index < pairs.length; index += 2) {
    const bucket = pairs[index] ?? 0;
    while (latency.length < bucket) latency.push(0);
    latency[bucket] = pairs[index + 1] ?? 0;
  }
  return { calls, failures, totalMs, latency };
};
