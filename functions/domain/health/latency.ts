/**
 * Calls by duration: element i counts those of at most `upperMs(i)`. Each bound is a quarter above the one before, so
 * that a quantile is right to a quarter, whatever the durations are; histograms of different instances add up.
 */
export type LatencyHistogram = readonly number[];

const FIRST_MS = 1;
const GROWTH = 1.25;
/** The last bucket's bound is above Lambda's 15 minutes. */
const BUCKETS = 64;

/** Longest duration of a bucket, ms. */
export const upperMs = (bucket: number): number => FIRST_MS * GROWTH ** bucket;

/** The bucket of a duration ≥ 0 ms. */
export const bucketOf = (ms: number): number => {
  if (ms <= FIRST_MS) return 0;
  return Math.min(BUCKETS - 1, Math.ceil(Math.log(ms / FIRST_MS) / Math.log(GROWTH)));
};

export const NO_CALLS: LatencyHistogram = [];

/** With one more call in it. */
export const withCall = (histogram: LatencyHistogram, ms: number): LatencyHistogram => {
  const bucket = bucketOf(ms);
  const length = Math.max(histogram.length, bucket + 1);
  return Array.from({ length }, (_, index) => (histogram[index] ?? 0) + (index === bucket ? 1 : 0));
};

/** The calls of both. */
export const merged = (left: LatencyHistogram, right: LatencyHistogram): LatencyHistogram =>
  Array.from({ length: Math.max(left.length, right.length) }, (_, index) => (left[index] ?? 0) + (right[index] ?? 0));

/** Bound below which a share `q` in [0, 1] of the calls is, ms; null without calls. */
export const quantileMs = (histogram: LatencyHistogram, q: number): number | null => {
  const total = histogram.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  const rank = Math.max(1, Math.ceil(q * total));
  let seen = 0;
  const bucket = histogram.findIndex((count) => {
    seen += count;
    return seen >= rank;
  });
  return upperMs(bucket);
};
