import { displayName } from '../template/display-name.ts';
import type { MetricStore, Resource } from '../types.ts';
import { type AlarmRule, EXTRA_PERIODS, type MissingData } from './alarm-state.ts';
import { isMeasured } from './aws-metrics.ts';
import { type MetricMath, parseMetricMath } from './metric-math.ts';
import { aggregate, significantSamples } from './metric-statistic.ts';
import { KEPT_MS } from './metric-store.ts';

export interface AlarmDefinition extends AlarmRule {
  readonly id: string;
  readonly description: string;
  readonly periodMs: number;
  /** The alarm's value over [fromMs, toMs); undefined without data, `sparse` with too few for its percentile. */
  valueOver(store: MetricStore, fromMs: number, toMs: number): number | undefined | 'sparse';
}

type Properties = Readonly<Record<string, unknown>>;
/** The metric that an alarm is on, if it is on one and not on an expression. */
interface Measured {
  readonly metric: Properties;
  readonly statistic: string;
}
type Source = (store: MetricStore, fromMs: number, toMs: number) => number | undefined;

/**
 * Reads an `AWS::CloudWatch::Alarm`.
 * @throws Error that names the property that is not emulated
 */
export const readAlarm = (resource: Resource): AlarmDefinition => {
  const { properties } = resource;
  const fail = (what: string) => new Error(`alarm ${resource.logicalId}: the local cloud does not emulate ${what}`);
  const evaluationPeriods = numberOf(properties.EvaluationPeriods, 1);
  const { source, periodSeconds, measured } = Array.isArray(properties.Metrics)
    ? readMetrics(properties.Metrics as Properties[], fail)
    : {
        source: readStat(properties, properties, fail),
        periodSeconds: numberOf(properties.Period, 0),
        measured: { metric: properties, statistic: String(properties.ExtendedStatistic) },
      };
  const rangeMs = (evaluationPeriods + EXTRA_PERIODS) * periodSeconds * 1000;
  if (!(rangeMs > 0 && rangeMs <= KEPT_MS)) throw fail('periods that are missing or reach back more than three hours');
  return {
    id: displayName(resource),
    description: String(properties.AlarmDescription ?? ''),
    evaluationPeriods,
    datapointsToAlarm: numberOf(properties.DatapointsToAlarm, evaluationPeriods),
    missing: missingDataOf(properties.TreatMissingData, fail),
    breaches: comparisonOf(properties, fail),
    periodMs: periodSeconds * 1000,
    valueOver:
      properties.EvaluateLowSampleCountPercentile === 'ignore' && measured !== undefined
        ? significant(measured, source, fail)
        : source,
  };
};

const readMetrics = (entries: readonly Properties[], fail: (what: string) => Error) => {
  let measured: Measured | undefined;
  const sources = new Map<string, Source>();
  let periodSeconds = 0;
  for (const entry of entries) {
    const id = String(entry.Id);
    if (typeof entry.Expression === 'string') {
      sources.set(id, evaluated(parseMetricMath(entry.Expression), sources, fail));
      continue;
    }
    const stat = entry.MetricStat as Properties | undefined;
    if (stat === undefined) throw fail(`metric ${id} without MetricStat or Expression`);
    sources.set(id, readStat(stat.Metric as Properties, { ...stat, Statistic: stat.Stat }, fail));
    periodSeconds = Math.max(periodSeconds, numberOf(stat.Period, 0));
    if (entry.ReturnData !== false) measured = { metric: stat.Metric as Properties, statistic: String(stat.Stat) };
  }
  const results = entries.filter((entry) => entry.ReturnData !== false);
  const source = sources.get(String(results[0]?.Id));
  if (results.length !== 1 || source === undefined) throw fail('Metrics that do not return data of exactly one entry');
  return { source, periodSeconds, measured };
};

/** An expression may stand before what it refers to, so names are looked up when it is evaluated. */
const evaluated =
  (math: MetricMath, sources: ReadonlyMap<string, Source>, fail: (what: string) => Error): Source =>
  (store, fromMs, toMs) =>
    math.evaluate((id) => {
      const source = sources.get(id);
      if (source === undefined) throw fail(`the unknown metric id ${id}`);
      return source(store, fromMs, toMs);
    });

const readStat = (metric: Properties, stat: Properties, fail: (what: string) => Error): Source => {
  const statistic = String(stat.Statistic ?? stat.ExtendedStatistic);
  const reduce = aggregate(statistic);
  if (reduce === undefined) throw fail(`the statistic ${statistic}`);
  if (typeof metric.MetricName !== 'string' || typeof metric.Namespace !== 'string')
    throw fail('an alarm without a metric');
  if (!isMeasured(metric.Namespace, metric.MetricName))
    throw fail(`the metric ${metric.Namespace} ${metric.MetricName}`);
  const dimensions = ((metric.Dimensions ?? []) as readonly { Name: string; Value: string }[]).map(
    ({ Name, Value }) => [Name, Value] as const,
  );
  const query = {
    namespace: metric.Namespace,
    name: metric.MetricName,
    dimensions: Object.fromEntries(dimensions),
  };
  return (store, fromMs, toMs) => reduce(store.query(query, fromMs, toMs).map((datum) => datum.value));
};

/** Too few samples for the percentile leave the alarm as it is. */
const significant = (
  { metric, statistic }: Measured,
  source: Source,
  fail: (what: string) => Error,
): AlarmDefinition['valueOver'] => {
  const samples = readStat(metric, { Statistic: 'SampleCount' }, fail);
  const needed = significantSamples(statistic);
  return (store, fromMs, toMs) =>
    (samples(store, fromMs, toMs) ?? needed) < needed ? 'sparse' : source(store, fromMs, toMs);
};

const comparisonOf = (properties: Properties, fail: (what: string) => Error): ((value: number) => boolean) => {
  const threshold = properties.Threshold === undefined ? Number.NaN : Number(properties.Threshold);
  if (Number.isNaN(threshold)) throw fail('a threshold that is not a number');
  switch (properties.ComparisonOperator) {
    case 'GreaterThanThreshold':
      return (value) => value > threshold;
    case 'GreaterThanOrEqualToThreshold':
      return (value) => value >= threshold;
    case 'LessThanThreshold':
      return (value) => value < threshold;
    case 'LessThanOrEqualToThreshold':
      return (value) => value <= threshold;
    default:
      throw fail(`the comparison ${String(properties.ComparisonOperator)}`);
  }
};

const missingDataOf = (value: unknown, fail: (what: string) => Error): MissingData => {
  if (value === undefined) return 'missing';
  if (value === 'missing' || value === 'ignore' || value === 'breaching' || value === 'notBreaching') return value;
  throw fail(`TreatMissingData ${String(value)}`);
};

const numberOf = (value: unknown, fallback: number): number => (value === undefined ? fallback : Number(value));
