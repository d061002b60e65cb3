import type { Encoder } from '../encoder/encoder.ts';
import { LABELS } from '../encoder/router-input.ts';
import type { FindConcepts } from './concepts.ts';
import type { MessageView } from './message-view.ts';
import { ngramFeatures } from './ngram-features.ts';
import { makeScoreVector } from './role-probabilities.ts';
import { evidenceOf, weighEvidence } from './step-evidence.ts';
import { hearClauses, withHeard } from './step-hearing.ts';
import { ORDERS, STEP_ROLES } from './step-orders.ts';
import { type StepViews, stepViewsOf } from './step-views.ts';
import { type FoldedWeights, foldedVocabulary, type StepWeights, scoreFolded, WHOLE } from './step-weights.ts';

/** What a message that may ask for several things asks for. */
export interface StepReading {
  /** Probability of each label, in the order of LABELS: of the first step, where there are several. */
  readonly labels: readonly number[];
  /**
   * The roles that it plainly asks for one after the other, in the order of doing, none twice in a row: two or three of
   * them, or undefined.
   */
  readonly steps: readonly string[] | undefined;
}

/**
 * Reads a message that may ask for several things; undefined where that is out of the question. `roles`: probabilities
 * of the message's label by the model of roles, in the order of LABELS. Pure and synchronous; bounded by the view.
 */
export type ReadSteps = (view: MessageView, roles: readonly number[]) => StepReading | undefined;

/** Score of "several steps" of the whole message below which clauses are not looked at: 96 % of several are above. */
const ASK_FROM = -4;

/** Whether a message may hold several steps, by its clauses and the scores of the whole. */
export const mayHoldSeveral = ({ clauses }: Pick<StepViews, 'clauses'>, whole: Float64Array): boolean =>
  clauses.length > 1 && (whole[WHOLE.several] ?? 0) >= ASK_FROM;

/** Probability of several steps by n-grams from which the encoder hears the clauses: of those below, none turn out to. */
const HEAR_FROM = 0.12;

const severalOf = (probabilities: readonly number[]): number =>
  probabilities.reduce((sum, probability, place) => sum + ((ORDERS[place]?.length ?? 0) < 2 ? 0 : probability), 0);

/** The best order of several steps, if several are probable enough. */
export const chooseSteps = (probabilities: readonly number[], severalFrom: number): readonly number[] | undefined => {
  if (severalOf(probabilities) < severalFrom) return undefined;
  const several = probabilities.map((probability, place) => ((ORDERS[place]?.length ?? 0) < 2 ? 0 : probability));
  return ORDERS[several.indexOf(Math.max(...several))];
};

/** Probability of each label to be the first that is asked for. */
export const firstOf = (probabilities: readonly number[]): number[] => {
  const labels = LABELS.map(() => 0);
  for (const [place, probability] of probabilities.entries()) {
    const first = ORDERS[place]?.[0] ?? STEP_ROLES;
    labels[first] = (labels[first] ?? 0) + probability;
  }
  return labels;
};

const makeScore = (weights: FoldedWeights): ((view: MessageView) => Float64Array) => {
  const vocabulary = foldedVocabulary(weights.rarities);
  return (view) => scoreFolded(weights, ngramFeatures(view, vocabulary));
};

/** Reads steps by the trained models; the encoder hears the clauses of the few messages that may hold several. */
export const makeReadSteps = (
  { clauses, whole, hearing, habits, evidence, severalFrom }: StepWeights,
  encoder: Pick<Encoder, 'readMessage'>,
  findConcepts: FindConcepts,
): ReadSteps => {
  const scoreClause = makeScore(clauses);
  const scoreWhole = makeScore(whole);
  const correct = makeScoreVector(hearing.weights, hearing.scales);
  return (view, roles) => {
    const views = stepViewsOf(view, findConcepts);
    const ofWhole = scoreWhole(views.whole);
    if (!mayHoldSeveral(views, ofWhole)) return undefined;
    const weigh = (ofClauses: readonly Float64Array[]): readonly number[] =>
      weighEvidence(evidenceOf({ clauses: ofClauses, whole: ofWhole }, habits, roles), evidence);
    const read = views.clauses.map(scoreClause);
    const byNgrams = weigh(read);
    if (severalOf(byNgrams) < HEAR_FROM) return { labels: firstOf(byNgrams), steps: undefined };
    const heard = hearClauses(views.clauses, read, encoder);
    const probabilities = weigh(read.map((scores, index) => withHeard(scores, heard[index], correct)));
    const steps = chooseSteps(probabilities, severalFrom)?.map((role) => LABELS[role] ?? 'none');
    return { labels: firstOf(probabilities), steps };
  };
};
