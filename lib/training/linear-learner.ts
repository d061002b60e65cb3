import type { SparseFeatures } from '../../functions/domain/routing/intent/ngram-features.ts';
import type { FoldedWeights } from '../../functions/domain/routing/intent/step-weights.ts';

const BIAS_RATE = 0.1;
const LARGEST_STEP = 127;

/** A linear model that learns by gradient: weights decay by a common scale, and the result is a mean over epochs. */
export interface LinearLearner {
  readonly score: (features: SparseFeatures) => Float64Array;
  /** Adds `change` (a step for each column, already times the rate) along the features. */
  readonly learn: (features: SparseFeatures, change: Float64Array) => void;
  readonly decay: (factor: number) => void;
  /** Counts the weights as they are into the result. */
  readonly keep: () => void;
  /** The mean of what was kept, rounded to 8 bits a weight. */
  readonly result: (rarities: Uint8Array) => FoldedWeights;
}

const quantised = (mean: Float64Array, size: number, columns: number): Pick<FoldedWeights, 'weights' | 'scales'> => {
  const scales = Array.from({ length: columns }, (_, column) => {
    const magnitudes = Float32Array.from({ length: size }, (_, place) => Math.abs(mean[place * columns + column] ?? 0));
    const largest = magnitudes.sort()[Math.floor(size * 0.9999)] ?? 0;
    return Math.fround(Math.max(largest, 1e-6) / LARGEST_STEP);
  });
  const weights = Int8Array.from({ length: size * columns }, (_, at) => {
    const step = Math.round((mean[at] ?? 0) / (scales[at % columns] ?? 1));
    return Math.max(-LARGEST_STEP, Math.min(LARGEST_STEP, step));
  });
  return { weights, scales };
};

export const makeLinearLearner = (size: number, columns: number): LinearLearner => {
  const weights = new Float32Array(size * columns);
  const biases = new Float64Array(columns);
  const mean = new Float64Array(size * columns);
  const meanBiases = new Float64Array(columns);
  let scale = 1;
  let kept = 0;
  return {
    score: ({ places, values }) => {
      const scores = new Float64Array(columns);
      for (let at = 0; at < places.length; at += 1) {
        const from = (places[at] ?? 0) * columns;
        const value = (values[at] ?? 0) * scale;
        for (let column = 0; column < columns; column += 1)
          scores[column] = (scores[column] ?? 0) + value * (weights[from + column] ?? 0);
      }
      for (let column = 0; column < columns; column += 1)
        scores[column] = (scores[column] ?? 0) + (biases[column] ?? 0);
      return scores;
    },
    learn: ({ places, values }, change) => {
      for (let column = 0; column < columns; column += 1)
        biases[column] = (biases[column] ?? 0) + BIAS_RATE * (change[column] ?? 0);
      for (let at = 0; at < places.length; at += 1) {
        const from = (places[at] ?? 0) * columns;
        const value = (values[at] ?? 0) / scale;
        for (let column = 0; column < columns; column += 1)
          weights[from + column] = (weights[from + column] ?? 0) + value * (change[column] ?? 0);
      }
    },
    decay: (factor) => {
      scale *= factor;
    },
    keep: () => {
      kept += 1;
      for (let at = 0; at < mean.length; at += 1) mean[at] = (mean[at] ?? 0) + scale * (weights[at] ?? 0);
      for (let column = 0; column < columns; column += 1)
        meanBiases[column] = (meanBiases[column] ?? 0) + (biases[column] ?? 0);
    },
    result: (rarities) => {
      for (let at = 0; at < mean.length; at += 1) mean[at] = (mean[at] ?? 0) / kept;
      const roundedBiases = Array.from(meanBiases, (bias) => Math.fround(bias / kept));
      return { rarities, biases: roundedBiases, ...quantised(mean, size, columns) };
    },
  };
};
