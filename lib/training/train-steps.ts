import { loadFindConcepts } from '../../functions/adapters/routing-model.ts';
import { LABELS } from '../../functions/domain/routing/encoder/router-input.ts';
import type { MessageView } from '../../functions/domain/routing/intent/message-view.ts';
import {
  ngramBuckets,
  ngramFeatures,
  type SparseFeatures,
} from '../../functions/domain/routing/intent/ngram-features.ts';
import { softmax } from '../../functions/domain/routing/intent/softmax.ts';
import { IDLE, ORDERS, placeOfOrder, retold, STEP_ROLES } from '../../functions/domain/routing/intent/step-orders.ts';
import { type StepViews, stepViewsOf } from '../../functions/domain/routing/intent/step-views.ts';
import {
  CLAUSE_COLUMNS,
  foldedVocabulary,
  RARITY_UNIT,
  type StepWeights,
  WHOLE,
  WHOLE_COLUMNS,
} from '../../functions/domain/routing/intent/step-weights.ts';
import { type LinearLearner, makeLinearLearner } from './linear-learner.ts';
import type { LabelledMessage } from './message.ts';
import { viewOf } from './ngram-model.ts';
import { seeded, shuffle } from './ngram-trainer.ts';
import { posteriorOf } from './step-posterior.ts';

export interface StepTraining {
  /** Places of the two models, powers of two; each takes 7 bytes of the clauses' and 14 of the whole messages'. */
  readonly clausePlaces: number;
  readonly wholePlaces: number;
  readonly epochs: number;
  readonly rate: number;
  readonly decay: number;
  readonly seed: number;
  /** How much more a message of several steps counts, of which there are few. */
  readonly severalWeight: number;
  /** Weights of the evidence, and the probability from which several steps are said: found by `eval-steps.ts`. */
  readonly evidence: readonly number[];
  readonly severalFrom: number;
}

export const STEP_TRAINING: StepTraining = {
  clausePlaces: 1 << 17,
  wholePlaces: 1 << 16,
  epochs: 8,
  rate: 2,
  decay: 1e-5,
  seed: 7,
  severalWeight: 1.5,
  evidence: [0.68, 0.35, 0.28, 0.07, 0.42, 0.74, 0.67, -0.3, 0.71, 0.08, -0.97, 0.35],
  severalFrom: 0.38,
};

const findConcepts = loadFindConcepts(new URL('../../functions/model/', import.meta.url));

/** What a second acceptable role counts for beside the label. */
const ALSO_OK_SHARE = 0.3;

/** The roles that a message asks for, repeats collapsed; none for `none`. */
export const orderOf = ({ steps, label }: LabelledMessage): readonly number[] => {
  const roles = (steps ?? [label]).map((role) => LABELS.indexOf(role)).filter((role) => role !== IDLE);
  return roles.filter((role, index) => role !== roles[index - 1]);
};

/** Rarity of each place among texts. */
const raritiesOf = (views: readonly MessageView[], places: number): Uint8Array => {
  const frequencies = new Uint32Array(places);
  for (const view of views)
    for (const place of new Set([...ngramBuckets(view)].map((bucket) => bucket & (places - 1))))
      frequencies[place] = (frequencies[place] ?? 0) + 1;
  return Uint8Array.from(frequencies, (frequency) => {
    const rarity = 1 + Math.log((1 + views.length) / (1 + frequency));
    return Math.min(255, Math.round(rarity * RARITY_UNIT));
  });
};

interface Lesson {
  readonly order: readonly number[];
  readonly label: number;
  readonly alsoOk: readonly (readonly number[])[];
  readonly clauses: readonly SparseFeatures[];
  readonly whole: SparseFeatures;
}

export interface Lessons {
  readonly lessons: readonly Lesson[];
  readonly clauseRarities: Uint8Array;
  readonly wholeRarities: Uint8Array;
}

/** Messages as the models see them. */
export const lessonsOf = (
  messages: readonly LabelledMessage[],
  { clausePlaces, wholePlaces }: Pick<StepTraining, 'clausePlaces' | 'wholePlaces'>,
): Lessons => {
  const views: readonly StepViews[] = messages.map((message) => stepViewsOf(viewOf(message), findConcepts));
  const clauseRarities = raritiesOf(
    views.flatMap(({ clauses }) => clauses),
    clausePlaces,
  );
  const wholeRarities = raritiesOf(
    views.map(({ whole }) => whole),
    wholePlaces,
  );
  const ofClauses = foldedVocabulary(clauseRarities);
  const ofWhole = foldedVocabulary(wholeRarities);
  const lessons = messages.map((message, index) => {
    const { clauses, whole } = views[index] as StepViews;
    const order = orderOf(message);
    return {
      order,
      label: LABELS.indexOf(message.label),
      alsoOk: order.length > 1 ? [] : message.also_ok.map((role) => (role === 'none' ? [] : [LABELS.indexOf(role)])),
      clauses: clauses.map((clause) => ngramFeatures(clause, ofClauses)),
      whole: ngramFeatures(whole, ofWhole),
    };
  });
  return { lessons, clauseRarities, wholeRarities };
};

const sigmoid = (score: number): number => 1 / (1 + Math.exp(-score));

/** What each clause should be (shares that add up to 1), and how probable it is that the text tells another order. */
const alignmentOf = ({ order, alsoOk }: Lesson, clauses: readonly Float64Array[], turned: number) => {
  const others = retold(order);
  const readings = [
    { told: order, share: others.length === 0 ? 1 : 1 - turned, isTurned: false },
    ...others.map((told) => ({ told, share: turned / others.length, isTurned: true })),
    ...alsoOk.map((told) => ({ told, share: ALSO_OK_SHARE, isTurned: false })),
  ].filter(({ told }) => told.length <= clauses.length);
  let total = 0;
  let otherwise = 0;
  const shares = clauses.map(() => new Float64Array(CLAUSE_COLUMNS));
  for (const { told, share, isTurned } of readings) {
    const posterior = posteriorOf(clauses, told);
    total += share * posterior.probability;
    if (isTurned) otherwise += share * posterior.probability;
    for (const [index, roles] of posterior.clauses.entries())
      for (const [role, value] of roles.entries()) {
        const row = shares[index];
        if (row) row[role] = (row[role] ?? 0) + share * value;
      }
  }
  if (total < 1e-200) return undefined;
  return { shares: shares.map((row) => row.map((value) => value / total)), turned: otherwise / total };
};

/** One step down the gradient for one message. */
const learn = (
  lesson: Lesson,
  ofClauses: LinearLearner,
  ofWhole: LinearLearner,
  eta: number,
  several: number,
): void => {
  const isSeveral = lesson.order.length > 1;
  const weight = isSeveral ? several : 1;
  const scores = ofWhole.score(lesson.whole);
  const turned = sigmoid(scores[WHOLE.turned] ?? 0);
  const clauses = lesson.clauses.map((features) => Float64Array.from(softmax([...ofClauses.score(features)])));
  const alignment = alignmentOf(lesson, clauses, turned);
  for (const [index, features] of lesson.clauses.entries()) {
    const shares = alignment?.shares[index];
    if (shares)
      ofClauses.learn(
        features,
        shares.map((share, role) => weight * eta * (share - (clauses[index]?.[role] ?? 0))),
      );
  }
  const change = new Float64Array(WHOLE_COLUMNS);
  const labels = softmax([...scores.subarray(WHOLE.labels, WHOLE.labels + CLAUSE_COLUMNS)]);
  for (const [label, share] of labels.entries())
    change[WHOLE.labels + label] = eta * (+(label === lesson.label) - share);
  for (let role = 0; role < STEP_ROLES; role += 1)
    change[WHOLE.among + role] =
      weight * eta * (+lesson.order.includes(role) - sigmoid(scores[WHOLE.among + role] ?? 0));
  change[WHOLE.several] = eta * (+isSeveral - sigmoid(scores[WHOLE.several] ?? 0));
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

/**
 * Learns to tell steps: a model of clauses, which are labelled by the order that they must tell together, and one of
 * whole messages (label, roles among the steps, several or one, told in order or not). Same lessons, same bytes.
 */
export const trainOnLessons = (
  { lessons, clauseRarities, wholeRarities }: Lessons,
  { epochs, rate, decay, seed, severalWeight, evidence, severalFrom }: StepTraining,
): StepWeights => {
  const ofClauses = makeLinearLearner(clauseRarities.length, CLAUSE_COLUMNS);
  const ofWhole = makeLinearLearner(wholeRarities.length, WHOLE_COLUMNS);
  const chance = seeded(seed);
  const sequence = [...lessons];
  let step = 0;
  for (let epoch = 0; epoch < epochs; epoch += 1) {
    for (const lesson of shuffle(sequence, chance)) {
      const eta = rate / (1 + rate * decay * step);
      for (const learner of [ofClauses, ofWhole]) learner.decay(1 - eta * decay);
      learn(lesson, ofClauses, ofWhole, eta, severalWeight);
      step += 1;
    }
    if (epoch < epochs / 2) continue;
    for (const learner of [ofClauses, ofWhole]) learner.keep();
  }
  return {
    clauses: ofClauses.result(clauseRarities),
    whole: ofWhole.result(wholeRarities),
    habits: habitsOf(lessons),
    evidence,
    severalFrom,
  };
};

/** The weights of `makeReadSteps`, from labelled messages. */
export const trainSteps = (messages: readonly LabelledMessage[], options: StepTraining = STEP_TRAINING): StepWeights =>
  trainOnLessons(lessonsOf(messages, options), options);
