import { softmax } from '../../functions/domain/routing/intent/softmax.ts';
import { ORDERS, placeOfOrder, STEP_ROLES } from '../../functions/domain/routing/intent/step-orders.ts';
import {
  CLAUSE_COLUMNS,
  type FoldedWeights,
  type StepWeights,
  WHOLE,
  WHOLE_COLUMNS,
} from '../../functions/domain/routing/intent/step-weights.ts';
import { type Descent, descend, type LinearLearner, makeLinearLearner } from './linear-learner.ts';
import { quantise } from './quantise.ts';
import { alignmentOf, type Lesson, type Lessons } from './step-lessons.ts';

/** What is learnt of n-grams: a model of clauses, one of whole messages, and how often each order is asked for. */
export type StepNgrams = Pick<StepWeights, 'clauses' | 'whole' | 'habits'>;

export interface StepNgramOptions extends Descent {
  /** How much more a message of several steps counts, of which there are few. */
  readonly severalWeight: number;
}

const sigmoid = (score: number): number => 1 / (1 + Math.exp(-score));

/** One step down the gradient for one message; `eta`: for one of several steps. */
const learn = (lesson: Lesson, ofClauses: LinearLearner, ofWhole: LinearLearner, eta: number, weight: number): void => {
  const scores = ofWhole.score(lesson.whole);
  const turned = sigmoid(scores[WHOLE.turned] ?? 0);
  const clauses = lesson.clauses.map((features) => Float64Array.from(softmax([...ofClauses.score(features)])));
  const alignment = alignmentOf(lesson, clauses, turned);
  for (const [index, features] of lesson.clauses.entries()) {
    const shares = alignment?.shares[index];
    if (shares)
      ofClauses.learn(
        features,
        shares.map((share, column) => weight * eta * (share - (clauses[index]?.[column] ?? 0))),
      );
  }
  const change = new Float64Array(WHOLE_COLUMNS);
  for (let role = 0; role < STEP_ROLES; role += 1)
    change[WHOLE.among + role] =
      weight * eta * (Number(lesson.order.includes(role)) - sigmoid(scores[WHOLE.among + role] ?? 0));
  const isSeveral = lesson.order.length > 1;
  change[WHOLE.several] = eta * (Number(isSeveral) - sigmoid(scores[WHOLE.several] ?? 0));
  if (isSeveral && alignment) change[WHOLE.turned] = eta * (alignment.turned - turned);
  ofWhole.learn(lesson.whole, change);
};

/** Logarithms of how often each order is asked for; one that never is counts as half a time. */
const habitsOf = (lessons: readonly Lesson[]): number[] => {
  const times = ORDERS.map(() => 0.5);
  for (const { order } of lessons) {
    const place = placeOfOrder(order);
    if (place !== -1) times[place] = (times[place] ?? 0) + 1;
  }
  return times.map((time) => Math.fround(Math.log(time)));
};

const folded = (learner: LinearLearner, rarities: Uint8Array, columns: number): FoldedWeights => {
  const { weights, biases } = learner.result();
  return { rarities, biases, ...quantise(weights, columns) };
};

/**
 * Learns of clauses, which are labelled by the order that they must tell together, and of whole messages: which roles
 * are among the steps, whether there are several, and whether they are told in order. Same lessons, same weights.
 */
export const trainStepNgrams = (
  { lessons, clauseRarities, wholeRarities }: Lessons,
  { severalWeight, ...descent }: StepNgramOptions,
): StepNgrams => {
  const ofClauses = makeLinearLearner(clauseRarities.length, CLAUSE_COLUMNS);
  const ofWhole = makeLinearLearner(wholeRarities.length, WHOLE_COLUMNS);
  descend(lessons, [ofClauses, ofWhole], descent, (lesson, eta) => {
    learn(lesson, ofClauses, ofWhole, eta, lesson.order.length > 1 ? severalWeight : 1);
  });
  return {
    clauses: folded(ofClauses, clauseRarities, CLAUSE_COLUMNS),
    whole: folded(ofWhole, wholeRarities, WHOLE_COLUMNS),
    habits: habitsOf(lessons),
  };
};
