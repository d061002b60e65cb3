import type { MetricDatum } from '../types.ts';
import { aggregate } from './metric-statistic.ts';

/** One metric over the time that is kept, as `GET /_local/metrics` shows it. */
export interface MetricSummary {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly unit: string;
  readonly count: number;
  readonly sum: number;
  readonly minimum: number;
  readonly maximum: number;
  readonly p50: number;
  readonly p99: number;
  /** When the newest value was measured, milliseconds since the epoch (cloud clock). */
  readonly latest_ms: number;
}

/** One summary for each metric and set of dimensions. */
export const summarizeMetrics = (data: readonly MetricDatum[]): readonly MetricSummary[] =>
  [...Map.groupBy(data, identity).values()].map(summarize);

const identity = ({ namespace, name, dimensions, unit }: MetricDatum): string =>
  JSON.stringify([namespace, name, Object.entries(dimensions).sort(), unit]);

const summarize = (data: readonly MetricDatum[]): MetricSummary => {
  const [first] = data;
  if (first === undefined) throw new RangeError('a metric without data');
  const values = data.map(({ value }) => value);
  const of = (statistic: string): number => aggregate(statistic)?.(values) ?? 0;
  const { namespace, name, dimensions, unit } = first;
  return {
    namespace,
    name,
    dimensions,
    unit,
    count: values.length,
    sum: of('Sum'),
    minimum: of('Minimum'),
    maximum: of('Maximum'),
    p50: of('p50'),
    p99: of('p99'),
    latest_ms: data.reduce((latest, { atMs }) => Math.max(latest, atMs), 0),
  };
};
