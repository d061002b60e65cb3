type Reduce = (values: readonly number[]) => number | undefined;

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

const STATISTICS: Readonly<Record<string, (values: readonly number[]) => number>> = {
  SampleCount: (values) => values.length,
  Sum: sum,
  Average: (values) => sum(values) / values.length,
  Minimum: (values) => values.reduce((a, b) => Math.min(a, b)),
  Maximum: (values) => values.reduce((a, b) => Math.max(a, b)),
};

/**
 * The CloudWatch statistic of that name (`Sum`, `p99.9`, …) as a function of the values in a period, undefined for none;
 * undefined if it is not emulated.
 */
export const aggregate = (statistic: string): Reduce | undefined => {
  const reduce = Object.hasOwn(STATISTICS, statistic) ? STATISTICS[statistic] : percentile(statistic);
  return reduce && ((values) => (values.length === 0 ? undefined : reduce(values)));
};

/**
 * How many samples CloudWatch wants before it trusts a percentile.
 * @see "Percentile-based alarms and low data samples", Amazon CloudWatch User Guide
 */
export const significantSamples = (statistic: string): number => {
  const share = (percentOf(statistic) ?? 0) / 100;
  return share > 0 && share < 1 ? Math.ceil(10 / (share >= 0.5 ? 1 - share : share) - 1e-6) : 0;
};

const percentOf = (statistic: string): number | undefined => {
  const [, percent] = /^p(\d{1,2}(?:\.\d+)?|100)$/.exec(statistic) ?? [];
  return percent === undefined ? undefined : Number(percent);
};

/** Nearest rank. */
const percentile = (statistic: string): ((values: readonly number[]) => number) | undefined => {
  const percent = percentOf(statistic);
  if (percent === undefined) return undefined;
  return (values) => {
    const sorted = values.toSorted((a, b) => a - b);
    return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? Number.NaN;
  };
};
