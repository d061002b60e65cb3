import type { MetricDatum } from '../types.ts';
/**
 * Reads a line in CloudWatch's embedded metric format: one datum for each value of each metric under each set of
 * dimensions. Any other line gives none.
 */
export declare const embeddedMetrics: (line: string) => readonly MetricDatum[];
