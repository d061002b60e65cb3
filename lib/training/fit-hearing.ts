import { softmax } from '../../functions/domain/routing/intent/softmax.ts';
import { withHeard } from '../../functions/domain/routing/intent/step-hearing.ts';
import { CLAUSE_COLUMNS, type StepWeights, WHOLE } from '../../functions/domain/routing/intent/step-weights.ts';
import { type Loss, minimise } from './minimise.ts';
import { quantise } from './quantise.ts';
import { alignmentOf } from './step-lessons.ts';
import type { UnseenSteps } from './unseen-steps.ts';

const VECTOR = 512;
const ITERATIONS = 50;
/** Weight of the squared weights against the mean loss, by cross-validation. */
const DECAY = 3e-4;

/** What a vector adds to a clause's scores, by weights with a row of columns for each of its places. */
const correctionBy =
  (weights: Float64Array) =>
  (vector: Float32Array): Float64Array => {
    const sums = new Float64Array(CLAUSE_COLUMNS);
    let from = 0;
    for (const x of vector)
      for (let column = 0; column < CLAUSE_COLUMNS; column += 1, from += 1)
        sums[column] = (sums[column] ?? 0) + x * (weights[from] ?? 0);
    return sums;
  };

const addSlope = (slope: Float64Array, vector: Float32Array, errors: Float64Array, share: number): void => {
  let from = 0;
  for (const x of vector)
    for (let column = 0; column < CLAUSE_COLUMNS; column += 1, from += 1)
      slope[from] = (slope[from] ?? 0) + share * x * (errors[column] ?? 0);
};

/** Minus the mean log probability that clauses tell what is asked for. */
const lossOf =
  (messages: readonly UnseenSteps[]): Loss =>
  (at, slope) => {
    const correct = correctionBy(at);
    slope.set(at.map((weight) => 2 * DECAY * weight));
    let loss = at.reduce((sum, weight) => sum + DECAY * weight * weight, 0);
    for (const message of messages) {
      const clauses = message.clauses.map(({ read, heard }) =>
        Float64Array.from(softmax([...withHeard(read, heard, correct)])),
      );
      const turned = 1 / (1 + Math.exp(-(message.whole[WHOLE.turned] ?? 0)));
      const alignment = alignmentOf(message, clauses, turned);
      if (alignment === undefined) continue;
      loss -= Math.log(alignment.probability) / messages.length;
      for (const [index, { heard }] of message.clauses.entries()) {
        const [found, wanted] = [clauses[index], alignment.shares[index]];
        if (heard && found && wanted)
          addSlope(
            slope,
            heard.vector,
            found.map((share, column) => share - (wanted[column] ?? 0)),
            1 / messages.length,
          );
      }
    }
    return loss;
  };

/** Learns what the encoder's vector of a clause adds to its scores, from messages that the n-grams have not seen. */
export const fitHearing = (messages: readonly UnseenSteps[]): StepWeights['hearing'] =>
  quantise(minimise(lossOf(messages), new Float64Array(VECTOR * CLAUSE_COLUMNS), ITERATIONS), CLAUSE_COLUMNS);
