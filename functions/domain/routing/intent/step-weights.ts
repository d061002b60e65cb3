import type { SparseFeatures, Vocabulary } from './ngram-features.ts';
import { STEP_ROLES } from './step-orders.ts';

/** Columns of the model of clauses: roles, and asking for nothing. */
export const CLAUSE_COLUMNS = STEP_ROLES + 1;

/** Columns of the model of whole messages, each a sigmoid. */
export const WHOLE = {
  /** Whether each role is among the steps. */
  among: 0,
  /** Whether there are several steps. */
  several: STEP_ROLES,
  /** Whether they are told in another order than that of doing. */
  turned: STEP_ROLES + 1,
} as const;
export const WHOLE_COLUMNS = STEP_ROLES + 2;

/** Steps of rarity in a unit. */
export const RARITY_UNIT = 20;

/** A linear model over n-grams whose buckets are folded into `rarities.length` places, a power of two. */
export interface FoldedWeights {
  readonly rarities: Uint8Array;
  readonly biases: readonly number[];
  /** Value of one step of each column's weights. */
  readonly scales: readonly number[];
  /** A row of columns for each place. */
  readonly weights: Int8Array;
}

export interface StepWeights {
  readonly clauses: FoldedWeights;
  readonly whole: FoldedWeights;
  /** Logarithms of how often each of ORDERS was asked for. */
  readonly habits: readonly number[];
  /** How much each piece of evidence counts (`evidenceOf`). */
  readonly evidence: readonly number[];
  /** What the encoder's vector of a clause adds to its scores: a row of columns for each place of the vector. */
  readonly hearing: { readonly weights: Int8Array; readonly scales: readonly number[] };
  /** Probability of several steps from which they are said. */
  readonly severalFrom: number;
}

/** Folds the buckets of n-grams into the places of a model. */
export const foldedVocabulary = (rarities: Uint8Array): Vocabulary => ({
  size: rarities.length,
  placeOf: (bucket) => bucket & (rarities.length - 1),
  rarityAt: (place) => (rarities[place] ?? 0) / RARITY_UNIT,
});

/** Scores of the columns. */
export const scoreFolded = ({ biases, scales, weights }: FoldedWeights, { places, values }: SparseFeatures) => {
  const columns = biases.length;
  const scores = new Float64Array(columns);
  for (let at = 0; at < places.length; at += 1) {
    const from = (places[at] ?? 0) * columns;
    const value = values[at] ?? 0;
    for (let column = 0; column < columns; column += 1)
      scores[column] = (scores[column] ?? 0) + value * (weights[from + column] ?? 0);
  }
  for (let column = 0; column < columns; column += 1)
    scores[column] = (biases[column] ?? 0) + (scores[column] ?? 0) * (scales[column] ?? 0);
  return scores;
};
