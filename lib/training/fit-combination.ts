import type { Combination } from '../../functions/domain/routing/intent/intent-weights.ts';
import { combine } from '../../functions/domain/routing/intent/role-probabilities.ts';

/** A message that neither model has seen: what each says of it, and how much it speaks for each label. */
export interface Unseen {
  readonly byNgrams: readonly number[];
  readonly byEncoder?: readonly number[] | undefined;
  readonly target: readonly number[];
}

const ITERATIONS = 600;
const RATE = 0.5;
/** Keeps biases near 0: the mix of labels in use is not that of the training messages. */
const BIAS_DECAY = 0.05;

/** Weights and biases under which the targets are most probable: gradient descent on a convex loss, from fixed values. */
export const fitCombination = (messages: readonly Unseen[], usesEncoder: boolean): Combination => {
  const labels = messages[0]?.target.length ?? 0;
  let fitted: Combination = {
    ngrams: 1,
    encoder: usesEncoder ? 1 : 0,
    biases: Array.from({ length: labels }, () => 0),
  };
  for (let iteration = 0; iteration < ITERATIONS; iteration += 1) {
    let ngrams = 0;
    let encoder = 0;
    const biases = fitted.biases.map((bias) => -BIAS_DECAY * bias);
    for (const { byNgrams, byEncoder, target } of messages) {
      const probabilities = combine(fitted, byNgrams, byEncoder);
      for (let label = 0; label < labels; label += 1) {
        const error = ((target[label] ?? 0) - (probabilities[label] ?? 0)) / messages.length;
        ngrams += error * (byNgrams[label] ?? 0);
        encoder += usesEncoder ? error * (byEncoder?.[label] ?? 0) : 0;
        biases[label] = (biases[label] ?? 0) + error;
      }
    }
    const step = RATE / (1 + iteration / 200);
    fitted = {
      ngrams: fitted.ngrams + step * 0.2 * ngrams,
      encoder: fitted.encoder + step * 0.2 * encoder,
      biases: fitted.biases.map((bias, label) => bias + step * (biases[label] ?? 0)),
    };
  }
  const rounded = (value: number): number => Math.round(value * 1e4) / 1e4;
  return { ngrams: rounded(fitted.ngrams), encoder: rounded(fitted.encoder), biases: fitted.biases.map(rounded) };
};
