import { softmax } from './softmax.ts';
import { ORDERS, orderProbabilities, STEP_ROLES } from './step-orders.ts';
import { WHOLE } from './step-weights.ts';

/** Scores of the two models for one message. */
export interface StepScores {
  readonly clauses: readonly Float64Array[];
  readonly whole: Float64Array;
}

const LEAST = 1e-6;
const sigmoid = (score: number): number => 1 / (1 + Math.exp(-score));
const log = (probability: number): number => Math.log(probability + LEAST);

/** Pieces of evidence for an order. */
export const EVIDENCE = 12;

/**
 * Evidence for each of ORDERS, EVIDENCE numbers in a row. `habits`: logarithms of how often each of ORDERS is asked for.
 * `roles`: probabilities of the message's label, in the order of LABELS; it is the first of several steps.
 */
export const evidenceOf = (
  { clauses, whole }: StepScores,
  habits: readonly number[],
  roles: readonly number[],
): Float64Array => {
  const among = Array.from({ length: STEP_ROLES }, (_, role) => sigmoid(whole[WHOLE.among + role] ?? 0));
  const several = whole[WHOLE.several] ?? 0;
  const probabilities = clauses.map((scores) => Float64Array.from(softmax([...scores])));
  const told = orderProbabilities(probabilities, sigmoid(whole[WHOLE.turned] ?? 0));
  const evidence = new Float64Array(ORDERS.length * EVIDENCE);
  for (const [place, order] of ORDERS.entries()) {
    const isSeveral = order.length > 1;
    const set = among.reduce((sum, share, role) => sum + log(order.includes(role) ? share : 1 - share), 0);
    const label = log(roles[order[0] ?? STEP_ROLES] ?? 0);
    const byClauses = log(told[place] ?? 0);
    const row = isSeveral
      ? [
          byClauses,
          0,
          set,
          0,
          label,
          0,
          several,
          1,
          order.length === 3 ? 1 : 0,
          order.length === 3 ? several : 0,
          0,
          habits[place] ?? 0,
        ]
      : [0, byClauses, 0, set, 0, label, 0, 0, 0, 0, order.length === 0 ? 1 : 0, 0];
    evidence.set(row, place * EVIDENCE);
  }
  return evidence;
};

/** Probability of each of ORDERS. */
export const weighEvidence = (evidence: Float64Array, weights: readonly number[]): number[] =>
  softmax(
    ORDERS.map((_, place) =>
      weights.reduce((sum, weight, piece) => sum + weight * (evidence[place * EVIDENCE + piece] ?? 0), 0),
    ),
  );
