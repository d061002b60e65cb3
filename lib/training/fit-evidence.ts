import { makeScoreVector } from '../../functions/domain/routing/intent/role-probabilities.ts';
import { EVIDENCE, evidenceOf, weighEvidence } from '../../functions/domain/routing/intent/step-evidence.ts';
import { withHeard } from '../../functions/domain/routing/intent/step-hearing.ts';
import { placeOfOrder } from '../../functions/domain/routing/intent/step-orders.ts';
import type { StepWeights } from '../../functions/domain/routing/intent/step-weights.ts';
import { minimise } from './minimise.ts';
import type { UnseenSteps } from './unseen-steps.ts';

/** Evidence for each order, and the place of the one that is asked for: -1 if it is none of ORDERS. */
export interface Weighed {
  readonly evidence: Float64Array;
  readonly place: number;
}

/** Evidence of a message that the n-grams have not seen. `roles`: probabilities of its label, unseen likewise. */
export const weighedOf = (
  { whole, clauses, habits, order }: UnseenSteps,
  roles: readonly number[],
  hearing: StepWeights['hearing'],
): Weighed => {
  const correct = makeScoreVector(hearing.weights, hearing.scales);
  const scores = { whole, clauses: clauses.map(({ read, heard }) => withHeard(read, heard, correct)) };
  return { evidence: evidenceOf(scores, habits, roles), place: placeOfOrder(order) };
};

const ITERATIONS = 100;
const DECAY = 1e-4;

/** Weights of the evidence by which what is asked for is most probable: a convex loss. */
export const fitEvidence = (messages: readonly Weighed[]): readonly number[] => {
  const known = messages.filter(({ place }) => place !== -1);
  const weights = minimise(
    (at, slope) => {
      slope.set(at.map((weight) => 2 * DECAY * weight));
      let loss = at.reduce((sum, weight) => sum + DECAY * weight * weight, 0);
      for (const { evidence, place } of known) {
        const probabilities = weighEvidence(evidence, [...at]);
        loss -= Math.log(Math.max(Number.MIN_VALUE, probabilities[place] ?? 0)) / known.length;
        for (const [order, probability] of probabilities.entries()) {
          const error = (probability - Number(order === place)) / known.length;
          for (let piece = 0; piece < EVIDENCE; piece += 1)
            slope[piece] = (slope[piece] ?? 0) + error * (evidence[order * EVIDENCE + piece] ?? 0);
        }
      }
      return loss;
    },
    new Float64Array(EVIDENCE),
    ITERATIONS,
  );
  return Array.from(weights, (weight) => Math.round(weight * 1e3) / 1e3);
};
