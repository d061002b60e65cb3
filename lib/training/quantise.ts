const LARGEST_STEP = 127;

/** Weights of 8 bits: labels in a row for each place, in steps of the label's scale. */
export interface Quantised {
  readonly weights: Int8Array;
  readonly scales: readonly number[];
}

/** Rounds each label's weights to 8 bits: beyond the largest ten-thousandth they are cut. */
export const quantise = (weights: Float32Array | Float64Array, labels: number): Quantised => {
  const places = weights.length / labels;
  const scales = Array.from({ length: labels }, (_, label) => {
    const magnitudes = Float32Array.from({ length: places }, (_, place) =>
      Math.abs(weights[place * labels + label] ?? 0),
    );
    const largest = magnitudes.sort()[Math.floor(places * 0.9999)] ?? 0;
    return Math.fround(Math.max(largest, 1e-6) / LARGEST_STEP);
  });
  const steps = Int8Array.from(weights, (weight, at) => {
    const step = Math.round(weight / (scales[at % labels] ?? 1));
    return Math.max(-LARGEST_STEP, Math.min(LARGEST_STEP, step));
  });
  return { weights: steps, scales };
};
