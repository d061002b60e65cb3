import type { Combination } from '../../functions/domain/routing/intent/intent-weights.ts';
import { KINDS } from '../../functions/domain/routing/intent/message-kind.ts';
import { type Loss, minimise } from './minimise.ts';

/** A message that neither model has seen: its kind, what each says of it, and how much it speaks for each label. */
export interface Unseen {
  readonly kind: readonly number[];
  readonly byNgrams: readonly number[];
  readonly byEncoder: readonly number[];
  /** The encoder's. */
  readonly vector: Float32Array;
  readonly target: readonly number[];
}

/** A combination, and weights of the encoder's vector: labels in a row for each of its places. */
export interface Fitted {
  readonly combination: Combination;
  readonly vector: Float64Array;
}

const ITERATIONS = 60;
/** Weights of the squared parameters against the mean loss; of the vector's by cross-validation by file. */
const DECAY = 3e-4;
const VECTOR_DECAY = 0.03;
/** The parameters: trust in the n-grams by kind, trust in the encoder by kind, then labels in a row for each place. */
const ENCODER = KINDS.length;
const PLACES = 2 * KINDS.length;

/** `places`: kind and vector, one after the other. */
interface Row extends Pick<Unseen, 'kind' | 'byNgrams' | 'byEncoder' | 'target'> {
  readonly places: Float64Array;
}

const rowOf = (message: Unseen, usesEncoder: boolean): Row => ({
  ...message,
  byEncoder: usesEncoder ? message.byEncoder : message.byEncoder.map(() => 0),
  places: Float64Array.from([...message.kind, ...(usesEncoder ? message.vector : [])]),
});

const scoresOf = (at: Float64Array, { kind, byNgrams, byEncoder, places }: Row): Float64Array => {
  const trust = (from: number): number => kind.reduce((sum, share, index) => sum + share * (at[from + index] ?? 0), 0);
  const [inNgrams, inEncoder] = [trust(0), trust(ENCODER)];
  const scores = Float64Array.from(byNgrams, (score, label) => inNgrams * score + inEncoder * (byEncoder[label] ?? 0));
  let from = PLACES;
  for (const x of places)
    for (let label = 0; label < scores.length; label += 1, from += 1)
      scores[label] = (scores[label] ?? 0) + x * (at[from] ?? 0);
  return scores;
};

/** `errors`: by how much each label is too probable. */
const addSlope = (slope: Float64Array, { kind, byNgrams, byEncoder, places }: Row, errors: Float64Array): void => {
  const along = (scores: readonly number[]): number =>
    errors.reduce((sum, error, label) => sum + error * (scores[label] ?? 0), 0);
  const [ofNgrams, ofEncoder] = [along(byNgrams), along(byEncoder)];
  for (const [index, share] of kind.entries()) {
    slope[index] = (slope[index] ?? 0) + share * ofNgrams;
    slope[ENCODER + index] = (slope[ENCODER + index] ?? 0) + share * ofEncoder;
  }
  let from = PLACES;
  for (const x of places)
    for (let label = 0; label < errors.length; label += 1, from += 1)
      slope[from] = (slope[from] ?? 0) + x * (errors[label] ?? 0);
};

/** Turns scores into probabilities less the target, in place. @returns the cross entropy of both */
const toErrors = (scores: Float64Array, target: readonly number[]): number => {
  const top = Math.max(...scores);
  const log = top + Math.log(scores.reduce((sum, score) => sum + Math.exp(score - top), 0));
  let loss = 0;
  for (let label = 0; label < scores.length; label += 1) {
    const score = (scores[label] ?? 0) - log;
    const share = target[label] ?? 0;
    loss -= share * score;
    scores[label] = Math.exp(score) - share;
  }
  return loss;
};

const makeLoss = (rows: readonly Row[], vectorFrom: number): Loss => {
  return (at, slope) => {
    slope.fill(0);
    let loss = 0;
    for (const row of rows) {
      const errors = scoresOf(at, row);
      loss += toErrors(errors, row.target);
      addSlope(slope, row, errors);
    }
    let penalty = 0;
    for (let place = 0; place < at.length; place += 1) {
      const decay = place < vectorFrom ? DECAY : VECTOR_DECAY;
      const value = at[place] ?? 0;
      penalty += (decay * value * value) / 2;
      slope[place] = (slope[place] ?? 0) / rows.length + decay * value;
    }
    return loss / rows.length + penalty;
  };
};

/**
 * How much further apart scores must be for the confidence in the best label to be the share of messages in which it is
 * acceptable: what a label shares with others makes the fit itself too careful.
 */
const sharpnessOf = (rows: readonly Row[], at: Float64Array): number => {
  const judged = rows.map((row) => {
    const scores = scoresOf(at, row);
    const top = Math.max(...scores);
    return { scores, top, isRight: (row.target[scores.indexOf(top)] ?? 0) > 0 };
  });
  const lossAt = (sharpness: number): number =>
    judged.reduce((loss, { scores, top, isRight }) => {
      const confidence = 1 / scores.reduce((sum, score) => sum + Math.exp(sharpness * (score - top)), 0);
      return loss - Math.log(Math.max(1e-9, isRight ? confidence : 1 - confidence));
    }, 0);
  const tried = Array.from({ length: 101 }, (_, step) => 0.5 + step / 100);
  const losses = tried.map(lossAt);
  return tried[losses.indexOf(Math.min(...losses))] ?? 1;
};

/** What both models, or the n-grams alone, are worth for each kind of message, so that confidence comes true. */
export const fitCombination = (messages: readonly Unseen[], usesEncoder: boolean): Fitted => {
  const rows = messages.map((message) => rowOf(message, usesEncoder));
  const labels = rows[0]?.target.length ?? 0;
  const vectorFrom = PLACES + KINDS.length * labels;
  const start = new Float64Array(PLACES + (rows[0]?.places.length ?? 0) * labels);
  start[0] = 1;
  const fitted = minimise(makeLoss(rows, vectorFrom), start, ITERATIONS);
  const sharpness = sharpnessOf(rows, fitted);
  const sharp = fitted.map((value) => sharpness * value);
  const rounded = (from: number, count: number): number[] =>
    Array.from(sharp.subarray(from, from + count), (value) => Math.round(value * 1e4) / 1e4);
  return {
    combination: {
      ngrams: rounded(0, KINDS.length),
      encoder: rounded(ENCODER, KINDS.length),
      biases: KINDS.map((_, at) => rounded(PLACES + at * labels, labels)),
    },
    vector: sharp.slice(vectorFrom),
  };
};
