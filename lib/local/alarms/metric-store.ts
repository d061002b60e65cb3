import type { CloudClock, MetricDatum, MetricStore } from '../types.ts';

/** How far back data are kept. */
export const KEPT_MS = 3 * 60 * 60 * 1000;
/** Data kept of one metric; the oldest go first. */
const MAX_DATA = 100_000;

/** Measured values of the last three hours, in memory. */
export const createMetricStore = (clock: Pick<CloudClock, 'now'>): MetricStore => {
  const series = new Map<string, MetricDatum[]>();
  return {
    put: (datum) => {
      const key = keyOf(datum);
      const data = series.get(key);
      if (data === undefined) {
        series.set(key, [datum]);
        return;
      }
      data.push(datum);
      trim(data, clock.now() - KEPT_MS);
    },
    query: (metric, fromMs, toMs) =>
      (series.get(keyOf(metric)) ?? []).filter((datum) => datum.atMs >= fromMs && datum.atMs < toMs),
    all: () => [...series.values()].flat().filter((datum) => datum.atMs >= clock.now() - KEPT_MS),
  };
};

/** Drops what is too old or too much, in one go for many, so that a put costs little on average. */
const trim = (data: MetricDatum[], fromMs: number): void => {
  const oldest = data[Math.min(data.length - 1, 1000)];
  if (data.length <= MAX_DATA && (oldest === undefined || oldest.atMs >= fromMs)) return;
  const firstKept = data.findIndex((datum) => datum.atMs >= fromMs);
  data.splice(0, Math.max(firstKept === -1 ? data.length : firstKept, data.length - MAX_DATA + MAX_DATA / 10));
};

const keyOf = ({ namespace, name, dimensions }: Pick<MetricDatum, 'namespace' | 'name' | 'dimensions'>): string =>
  JSON.stringify([namespace, name, Object.entries(dimensions).sort(([a], [b]) => (a < b ? -1 : 1))]);
