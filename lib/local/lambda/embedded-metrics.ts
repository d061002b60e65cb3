import type { MetricDatum } from '../types.ts';

interface Directive {
  readonly Namespace: string;
  readonly Dimensions: readonly (readonly string[])[];
  readonly Metrics: readonly { readonly Name: string; readonly Unit?: string }[];
}

/**
 * Reads a line in CloudWatch's embedded metric format: one datum for each value of each metric under each set of
 * dimensions. Any other line gives none.
 */
export const embeddedMetrics = (line: string): readonly MetricDatum[] => {
  // Nearly all lines are not metrics, and parsing JSON twice is dear.
  if (!line.includes('"CloudWatchMetrics"')) return [];
  const root = parse(line);
  const { _aws: aws } = root;
  if (typeof aws !== 'object' || aws === null || !('CloudWatchMetrics' in aws) || !('Timestamp' in aws)) return [];
  if (!Array.isArray(aws.CloudWatchMetrics)) return [];
  const atMs = Number(aws.Timestamp);
  return (aws.CloudWatchMetrics as Directive[]).flatMap((directive) =>
    (directive.Dimensions.length > 0 ? directive.Dimensions : [[]]).flatMap((names) => {
      const dimensions = Object.fromEntries(names.map((name) => [name, String(root[name])]));
      return directive.Metrics.flatMap(({ Name: name, Unit: unit = 'None' }) =>
        valuesOf(root[name]).map((value) => ({ namespace: directive.Namespace, name, dimensions, unit, value, atMs })),
      );
    }),
  );
};

const parse = (line: string): Readonly<Record<string, unknown>> => {
  try {
    const root: unknown = JSON.parse(line);
    return typeof root === 'object' && root !== null ? (root as Record<string, unknown>) : {};
  } catch {
    // A log line that merely mentions the format.
    return {};
  }
};

const valuesOf = (value: unknown): readonly number[] =>
  (Array.isArray(value) ? value : [value]).filter((each): each is number => typeof each === 'number');
