import type { Encoder } from '../encoder/encoder.ts';
import { LABELS } from '../encoder/router-input.ts';
import type { Subject } from './intent-reading.ts';
import type { Combination, IntentWeights } from './intent-weights.ts';
import type { MessageView } from './message-view.ts';
import { ngramFeatures, type SparseFeatures, type Vocabulary } from './ngram-features.ts';
import { logSoftmax, softmax } from './softmax.ts';

/** Log probabilities of the labels by the n-grams alone, as trained. */
export type ScoreNgrams = (features: SparseFeatures) => number[];

/** What n-grams are worth: a weight of each for each label, in steps of the label's scale. */
export interface NgramScores {
  readonly weights: Int8Array;
  readonly scales: readonly number[];
  readonly biases: readonly number[];
}

export const makeScoreNgrams = ({ weights, scales, biases }: NgramScores): ScoreNgrams => {
  return ({ places, values }) => {
    const sums = new Float64Array(LABELS.length);
    for (let at = 0; at < places.length; at += 1) {
      const from = (places[at] ?? 0) * LABELS.length;
      const value = values[at] ?? 0;
      for (let label = 0; label < LABELS.length; label += 1)
        sums[label] = (sums[label] ?? 0) + value * (weights[from + label] ?? 0);
    }
    return logSoftmax(biases.map((bias, label) => bias + (sums[label] ?? 0) * (scales[label] ?? 0)));
  };
};

export const vocabularyOf = ({ header, vocabulary, rarities }: IntentWeights): Vocabulary => ({
  ...vocabulary,
  rarityAt: (place) => (rarities[place] ?? 0) / header.rarity_steps,
});

/** Probabilities of log probabilities of the n-grams and, where it was asked, the encoder. */
export const combine = (
  { ngrams, encoder, biases }: Combination,
  byNgrams: readonly number[],
  byEncoder: readonly number[] | undefined,
): number[] =>
  softmax(biases.map((bias, label) => bias + ngrams * (byNgrams[label] ?? 0) + encoder * (byEncoder?.[label] ?? 0)));

export interface RoleProbabilities {
  /** Calibrated, in the order of LABELS. */
  readonly probabilities: readonly number[];
  /** Whether the encoder was asked. */
  readonly encoded: boolean;
}

/** Probability of each role: by the n-grams where they are sure, else by both; the encoder costs most of the time. */
export const makeRoleProbabilities = (weights: IntentWeights, encoder: Pick<Encoder, 'readMessage'>) => {
  const scoreNgrams = makeScoreNgrams({ ...weights.header, weights: weights.weights });
  const vocabulary = vocabularyOf(weights);
  const { alone, together, sure_from: sureFrom } = weights.header;
  return ({ message, attachments, previousRole }: Subject, view: MessageView): RoleProbabilities => {
    const byNgrams = scoreNgrams(ngramFeatures(view, vocabulary));
    const sure = combine(alone, byNgrams, undefined);
    if (Math.max(...sure) >= sureFrom) return { probabilities: sure, encoded: false };
    const files = attachments.map(({ name }) => name);
    const { logits } = encoder.readMessage({ text: message, files, previousRole });
    return { probabilities: combine(together, byNgrams, logSoftmax([...logits])), encoded: true };
  };
};
