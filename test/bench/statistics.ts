/** The value below which the share `quantile` of the values lies (nearest rank), rounded to 0.01. NaN without values. */
export const quantileOf = (values: readonly number[], quantile: number): number => {
  const sorted = values.toSorted((left, right) => left - right);
  const rank = Math.max(1, Math.ceil(quantile * sorted.length));
  return Math.round((sorted[rank - 1] ?? Number.NaN) * 100) / 100;
};

export const medianOf = (values: readonly number[]): number => quantileOf(values, 0.5);
