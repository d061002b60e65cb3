import type { SparseFeatures } from '../../functions/domain/routing/intent/ngram-features.ts';

/** A message to learn from: its features, and how much it speaks for each class (together 1). */
export interface Example {
  readonly features: SparseFeatures;
  readonly target: Float32Array;
}

export interface TrainingOptions {
  /** Places that features have. */
  readonly size: number;
  readonly classes: number;
  readonly epochs: number;
  /** Weight of the squared length of all weights against the mean loss. */
  readonly decay: number;
  readonly rate: number;
  readonly seed: number;
}

/** Uniform numbers in [0, 1) that depend on the seed alone (mulberry32). */
export const seeded = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
};

/** Fisher–Yates, in place. */
export const shuffle = <T>(items: T[], chance: () => number): T[] => {
  for (let last = items.length - 1; last > 0; last -= 1) {
    const other = Math.floor(chance() * (last + 1));
    const [a, b] = [items[last] as T, items[other] as T];
    items[last] = b;
    items[other] = a;
  }
  return items;
};

const softmaxInPlace = (scores: Float64Array): void => {
  const top = Math.max(...scores);
  let sum = 0;
  for (let index = 0; index < scores.length; index += 1) {
    scores[index] = Math.exp((scores[index] ?? 0) - top);
    sum += scores[index] ?? 0;
  }
  for (let index = 0; index < scores.length; index += 1) scores[index] = (scores[index] ?? 0) / sum;
};

/** Classes in a row for each place, and a bias for each class at the end. */
export type NgramWeights = Float32Array;

/**
 * Multinomial logistic regression by stochastic gradient descent: weight decay by a common scale, the mean of the
 * weights over the second half of the epochs as result. Same examples and seed, same weights.
 */
export const trainNgrams = (examples: readonly Example[], options: TrainingOptions): NgramWeights => {
  const { classes, epochs, decay, rate, seed } = options;
  const size = options.size * classes;
  const chance = seeded(seed);
  const weights = new Float32Array(size + classes);
  const mean = new Float32Array(size + classes);
  const order = examples.map((_, index) => index);
  const scores = new Float64Array(classes);
  let scale = 1;
  let step = 0;
  const averaged = Math.floor(epochs / 2);
  for (let epoch = 0; epoch < epochs; epoch += 1) {
    for (const index of shuffle(order, chance)) {
      const { features, target } = examples[index] as Example;
      const { places, values } = features;
      const eta = rate / (1 + rate * decay * step);
      for (let c = 0; c < classes; c += 1) scores[c] = weights[size + c] ?? 0;
      for (let at = 0; at < places.length; at += 1) {
        const from = (places[at] ?? 0) * classes;
        const value = (values[at] ?? 0) * scale;
        for (let c = 0; c < classes; c += 1) scores[c] = (scores[c] ?? 0) + value * (weights[from + c] ?? 0);
      }
      softmaxInPlace(scores);
      scale *= 1 - eta * decay;
      for (let c = 0; c < classes; c += 1) {
        scores[c] = eta * ((target[c] ?? 0) - (scores[c] ?? 0));
        weights[size + c] = (weights[size + c] ?? 0) + 0.1 * (scores[c] ?? 0);
      }
      for (let at = 0; at < places.length; at += 1) {
        const from = (places[at] ?? 0) * classes;
        const value = (values[at] ?? 0) / scale;
        for (let c = 0; c < classes; c += 1) weights[from + c] = (weights[from + c] ?? 0) + value * (scores[c] ?? 0);
      }
      step += 1;
    }
    if (epoch < averaged) continue;
    const share = 1 / (epochs - averaged);
    for (let at = 0; at < size; at += 1) mean[at] = (mean[at] ?? 0) + share * scale * (weights[at] ?? 0);
    for (let at = size; at < size + classes; at += 1) mean[at] = (mean[at] ?? 0) + share * (weights[at] ?? 0);
  }
  return mean;
};
