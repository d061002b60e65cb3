/** The value below which the share `q` in [0, 1] of the values lies (nearest rank). @throws RangeError for no values */
export const quantile = (values: readonly number[], q: number): number => {
  const sorted = [...values].sort((left, right) => left - right);
  const value = sorted[Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1)] ?? sorted[0];
  if (value === undefined) throw new RangeError('a quantile of no values');
  return Math.round(value * 100) / 100;
};
