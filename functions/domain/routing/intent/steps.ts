import { LABELS } from '../encoder/router-input.ts';
import type { FindConcepts } from './concepts.ts';
import type { MessageView } from './message-view.ts';
import { evidenceOf, scoreViews, weighEvidence } from './step-evidence.ts';
import { ORDERS } from './step-orders.ts';
import { stepViewsOf } from './step-views.ts';
import { foldedVocabulary, type StepWeights, scoreFolded } from './step-weights.ts';

/**
 * The roles that a message plainly asks for one after the other, in the order of doing, none twice in a row: two or
 * three of them, or undefined. `roles`: probabilities of the message's label in the order of LABELS, where a better
 * model than the steps' own has them. Pure and synchronous; bounded by the view.
 */
export type ReadSteps = (view: MessageView, roles?: readonly number[]) => readonly string[] | undefined;

/** The best order of several steps, if several are probable enough. */
export const chooseSteps = (probabilities: readonly number[], severalFrom: number): readonly number[] | undefined => {
  let several = 0;
  let best = -1;
  for (const [place, order] of ORDERS.entries()) {
    if (order.length < 2) continue;
    several += probabilities[place] ?? 0;
    if (best === -1 || (probabilities[place] ?? 0) > (probabilities[best] ?? 0)) best = place;
  }
  return several >= severalFrom ? ORDERS[best] : undefined;
};

export const makeReadSteps = (
  { clauses, whole, habits, evidence, severalFrom }: StepWeights,
  findConcepts: FindConcepts,
): ReadSteps => {
  const ofClauses = {
    vocabulary: foldedVocabulary(clauses.rarities),
    score: (features: Parameters<typeof scoreFolded>[1]) => scoreFolded(clauses, features),
  };
  const ofWhole = {
    vocabulary: foldedVocabulary(whole.rarities),
    score: (features: Parameters<typeof scoreFolded>[1]) => scoreFolded(whole, features),
  };
  return (view, roles) => {
    const scores = scoreViews(stepViewsOf(view, findConcepts), ofClauses, ofWhole);
    return chooseSteps(weighEvidence(evidenceOf(scores, habits, roles), evidence), severalFrom)?.map(
      (role) => LABELS[role] ?? 'none',
    );
  };
};
