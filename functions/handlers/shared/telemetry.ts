import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import type { Log, Measure } from '../../application/ports.ts';
import { METRIC_NAMESPACE, METRICS, metricDimensions } from '../../domain/contract/metrics.ts';

const { service, ...dimensions } = metricDimensions(process.env.STAGE ?? 'unknown');

export const logger = new Logger({ serviceName: service });

export const metrics = new Metrics({
  namespace: METRIC_NAMESPACE,
  serviceName: service,
  defaultDimensions: dimensions,
});

export const measure: Measure = (metric, value) => metrics.addMetric(metric, METRICS[metric].unit, value);

export const log: Log = {
  info: (message, fields = {}) => logger.info(message, fields),
  warn: (message, fields = {}) => logger.warn(message, fields),
  error: (message, fields = {}) => logger.error(message, fields),
};
