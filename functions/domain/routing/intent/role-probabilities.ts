import type { Encoder } from '../encoder/encoder.ts';
import { LABELS } from '../encoder/router-input.ts';
import type { Subject } from './intent-reading.ts';
import type { Combination, Header, IntentWeights } from './intent-weights.ts';
import { kindOf } from './message-kind.ts';
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

/** What is known of a message when its roles are weighed. */
export interface Readings {
  readonly kind: readonly number[];
  readonly byNgrams: readonly number[];
  /** Log probabilities by the encoder, if it was asked. */
  readonly byEncoder?: readonly number[] | undefined;
  /** What its vector adds to each label. */
  readonly byVector?: readonly number[] | undefined;
}

const weighed = (weights: readonly number[], kind: readonly number[]): number =>
  weights.reduce((sum, weight, at) => sum + weight * (kind[at] ?? 0), 0);

/** Probabilities of the labels by everything that is known. */
export const combine = (
  { ngrams, encoder, biases }: Combination,
  { kind, byNgrams, byEncoder, byVector }: Readings,
): number[] => {
  const inNgrams = weighed(ngrams, kind);
  const inEncoder = weighed(encoder, kind);
  return softmax(
    byNgrams.map((score, label) => {
      const bias = biases.reduce((sum, row, at) => sum + (row[label] ?? 0) * (kind[at] ?? 0), 0);
      return bias + inNgrams * score + inEncoder * (byEncoder?.[label] ?? 0) + (byVector?.[label] ?? 0);
    }),
  );
};

/** What the encoder's vector adds to each label. */
export const makeScoreVector =
  (weights: Int8Array, scales: readonly number[]) =>
  (vector: Float32Array): number[] => {
    const sums = new Float64Array(LABELS.length);
    for (let at = 0; at < weights.length; at += 1) {
      const label = at % LABELS.length;
      sums[label] = (sums[label] ?? 0) + (vector[(at - label) / LABELS.length] ?? 0) * (weights[at] ?? 0);
    }
    return scales.map((scale, label) => scale * (sums[label] ?? 0));
  };

export interface RoleProbabilities {
  /** Calibrated, in the order of LABELS. */
  readonly probabilities: readonly number[];
  /** Whether the encoder was asked. */
  readonly encoded: boolean;
}

/** Probability of each role: by the n-grams where they are sure, else by both; the encoder costs most of the time. */
export const askInTurn = (
  { alone, together, sure_from: sureFrom }: Pick<Header, 'alone' | 'together' | 'sure_from'>,
  readings: Pick<Readings, 'kind' | 'byNgrams'>,
  askEncoder: () => Pick<Readings, 'byEncoder' | 'byVector'>,
): RoleProbabilities => {
  const sure = combine(alone, readings);
  if (Math.max(...sure) >= sureFrom) return { probabilities: sure, encoded: false };
  return { probabilities: combine(together, { ...readings, ...askEncoder() }), encoded: true };
};

/** Probability of each role of a message and its view. */
export const makeRoleProbabilities = (weights: IntentWeights, encoder: Pick<Encoder, 'readMessage'>) => {
  const { header } = weights;
  const scoreNgrams = makeScoreNgrams({ ...header, weights: weights.weights });
  const scoreVector = makeScoreVector(weights.vector, header.vector_scales);
  const vocabulary = vocabularyOf(weights);
  return ({ message, attachments, previousRole }: Subject, view: MessageView): RoleProbabilities => {
    const readings = { kind: kindOf(view), byNgrams: scoreNgrams(ngramFeatures(view, vocabulary)) };
    return askInTurn(header, readings, () => {
      const files = attachments.map(({ name }) => name);
      const { logits, vector } = encoder.readMessage({ text: message, files, previousRole });
      return { byEncoder: logSoftmax([...logits]), byVector: scoreVector(vector) };
    });
  };
};
