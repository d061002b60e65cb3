import type { Encoder } from '../encoder/encoder.ts';
import type { MessageView } from './message-view.ts';
import { logSoftmax, softmax } from './softmax.ts';
import { IDLE, STEP_ROLES } from './step-orders.ts';

/** A clause that asks for nothing with this probability by its n-grams is not heard: half of all, and none that matters. */
const SURELY_IDLE = 0.9;
/** Clauses that are heard at most, those that least probably ask for nothing: 99 % of messages have no more. */
const MOST_HEARD = 6;
/** How much the encoder's log probabilities of roles count beside the n-grams' scores. */
const SHARE = 0.9;
/** Log probability of a role below which it does not matter how improbable it is. */
const LEAST = -5;
/** Log probability of a role from which the encoder speaks for it rather than for asking for nothing. */
const NEUTRAL = -1;

/** What the encoder says of a clause. It knows roles, but not of clauses that ask for nothing. */
export interface Heard {
  /** What it adds to the score of each role. */
  readonly roles: readonly number[];
  readonly vector: Float32Array;
}

const hear = ({ text }: MessageView, encoder: Pick<Encoder, 'readMessage'>): Heard => {
  const { logits, vector } = encoder.readMessage({ text, files: [] });
  const roles = logSoftmax([...logits.subarray(0, STEP_ROLES)]);
  return { roles: roles.map((score) => SHARE * (Math.max(LEAST, score) - NEUTRAL)), vector };
};

/** Asks the encoder about the clauses that may ask for something by their n-grams' scores. */
export const hearClauses = (
  clauses: readonly MessageView[],
  scores: readonly Float64Array[],
  encoder: Pick<Encoder, 'readMessage'>,
): readonly (Heard | undefined)[] => {
  const idle = scores.map((score) => softmax([...score])[IDLE] ?? 0);
  const bound = idle.toSorted((left, right) => left - right)[MOST_HEARD] ?? 1;
  return clauses.map((clause, index) => {
    const probability = idle[index] ?? 1;
    return probability > SURELY_IDLE || probability >= bound ? undefined : hear(clause, encoder);
  });
};

/** Scores of a clause by n-grams and encoder. `correct`: what its vector adds, as it was learnt for clauses. */
export const withHeard = (
  read: Float64Array,
  heard: Heard | undefined,
  correct: (vector: Float32Array) => ArrayLike<number>,
): Float64Array => {
  if (heard === undefined) return read;
  const correction = correct(heard.vector);
  return read.map((score, column) => score + (heard.roles[column] ?? 0) + (correction[column] ?? 0));
};
