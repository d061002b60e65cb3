import type { SparseFeatures } from '../../functions/domain/routing/intent/ngram-features.ts';
import { chanceFrom, shuffle } from './seeded-chance.ts';

const BIAS_RATE = 0.1;

/** A linear model that learns by gradient: weights decay by a common scale, and the result is a mean over epochs. */
export interface LinearLearner {
  readonly score: (features: SparseFeatures) => Float64Array;
  /** Adds `change` (a step for each column, already times the rate) along the features. */
  readonly learn: (features: SparseFeatures, change: Float64Array) => void;
  readonly decay: (factor: number) => void;
  /** Counts the weights as they are into the result. */
  readonly keep: () => void;
  /** The mean of what was kept: a row of columns for each place, and a bias for each column. */
  readonly result: () => { readonly weights: Float64Array; readonly biases: readonly number[] };
}

export const makeLinearLearner = (size: number, columns: number): LinearLearner => {
  const weights = new Float32Array(size * columns);
  const biases = new Float64Array(columns);
  const sum = new Float64Array(size * columns);
  const sumOfBiases = new Float64Array(columns);
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
      for (let at = 0; at < sum.length; at += 1) sum[at] = (sum[at] ?? 0) + scale * (weights[at] ?? 0);
      for (let column = 0; column < columns; column += 1)
        sumOfBiases[column] = (sumOfBiases[column] ?? 0) + (biases[column] ?? 0);
    },
    result: () => ({
      weights: sum.map((total) => total / kept),
      biases: Array.from(sumOfBiases, (total) => Math.fround(total / kept)),
    }),
  };
};

export interface Descent {
  readonly epochs: number;
  readonly rate: number;
  /** Weight of the squared length of all weights against the mean loss. */
  readonly decay: number;
  readonly seed: number;
}

/**
 * Stochastic gradient descent: shows `learn` the lessons in an order of chance, epoch by epoch, with the rate of that
 * step; what the learners know counts from the second half of the epochs on. Same lessons and seed, same result.
 */
export const descend = <Lesson>(
  lessons: readonly Lesson[],
  learners: readonly LinearLearner[],
  { epochs, rate, decay, seed }: Descent,
  learn: (lesson: Lesson, eta: number) => void,
): void => {
  const chance = chanceFrom(seed);
  const sequence = [...lessons];
  let step = 0;
  for (let epoch = 0; epoch < epochs; epoch += 1) {
    for (const lesson of shuffle(sequence, chance)) {
      const eta = rate / (1 + rate * decay * step);
      for (const learner of learners) learner.decay(1 - eta * decay);
      learn(lesson, eta);
      step += 1;
    }
    if (epoch >= Math.floor(epochs / 2)) for (const learner of learners) learner.keep();
  }
};
