import { LABELS } from '../../functions/domain/routing/encoder/router-input.ts';
import type { Combination, Header } from '../../functions/domain/routing/intent/intent-weights.ts';
import { askInTurn, combine, makeScoreVector } from '../../functions/domain/routing/intent/role-probabilities.ts';
import { fitCombination, type Unseen } from './fit-combination.ts';
import { quantise } from './quantise.ts';

/** What stands on top of both models, as it is stored. */
export interface Cascade extends Pick<Header, 'alone' | 'together' | 'sure_from' | 'vector_scales'> {
  readonly vector: Int8Array;
}

/**
 * The n-grams decide alone from the probability from which this share of what they say is right. Cross-validated, the
 * encoder is asked about 45 % of the messages and 0.1 points are lost to asking it always; 0.97 asks it about 60 %.
 */
const RIGHT_ALONE = 0.95;

/** The lowest probability from which the n-grams alone are right often enough. */
const findSureFrom = (unseen: readonly Unseen[], alone: Combination): number => {
  const judged = unseen
    .map((reading) => {
      const probabilities = combine(alone, { kind: reading.kind, byNgrams: reading.byNgrams });
      const sure = Math.max(...probabilities);
      return { sure, isRight: (reading.target[probabilities.indexOf(sure)] ?? 0) > 0 };
    })
    .sort((left, right) => right.sure - left.sure);
  let right = 0;
  let from = 1;
  for (const [index, { sure, isRight }] of judged.entries()) {
    right += Number(isRight);
    if (right >= RIGHT_ALONE * (index + 1)) from = sure;
  }
  return Math.ceil(from * 1e4) / 1e4;
};

/** Fits weights and thresholds on messages that neither model has seen. */
export const fitCascade = (unseen: readonly Unseen[]): Cascade => {
  const { combination: alone } = fitCombination(unseen, false);
  const { combination: together, vector } = fitCombination(unseen, true);
  const { weights, scales } = quantise(vector, LABELS.length);
  return { alone, together, sure_from: findSureFrom(unseen, alone), vector: weights, vector_scales: [...scales] };
};

/** What a cascade says of messages: exactly what the router would, had it these weights. */
export const makeJudge = (cascade: Cascade) => {
  const scoreVector = makeScoreVector(cascade.vector, cascade.vector_scales);
  return ({ kind, byNgrams, byEncoder, vector }: Unseen) =>
    askInTurn(cascade, { kind, byNgrams }, () => ({ byEncoder, byVector: scoreVector(vector) }));
};
