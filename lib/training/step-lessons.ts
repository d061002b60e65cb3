import { loadFindConcepts } from '../../functions/adapters/routing-model.ts';
import { LABELS } from '../../functions/domain/routing/encoder/router-input.ts';
import type { MessageView } from '../../functions/domain/routing/intent/message-view.ts';
import {
  ngramBuckets,
  ngramFeatures,
  type SparseFeatures,
} from '../../functions/domain/routing/intent/ngram-features.ts';
import { retold } from '../../functions/domain/routing/intent/step-orders.ts';
import { type StepViews, stepViewsOf } from '../../functions/domain/routing/intent/step-views.ts';
import { CLAUSE_COLUMNS, foldedVocabulary, RARITY_UNIT } from '../../functions/domain/routing/intent/step-weights.ts';
import type { LabelledMessage } from './message.ts';
import { viewOf } from './ngram-model.ts';
import { posteriorOf } from './step-posterior.ts';

/** What a message asks for, by its labels. */
export interface Asked {
  /** The roles one after the other, repeats collapsed; none for `none`. */
  readonly order: readonly number[];
  /** Orders that a reasonable person would accept too. */
  readonly alsoOk: readonly (readonly number[])[];
}

/** A message as the models of steps see it. */
export interface Lesson extends Asked {
  readonly message: LabelledMessage;
  readonly views: StepViews;
  readonly clauses: readonly SparseFeatures[];
  readonly whole: SparseFeatures;
}

export interface Lessons {
  readonly lessons: readonly Lesson[];
  /** Rarities of the places of both models' n-grams. */
  readonly clauseRarities: Uint8Array;
  readonly wholeRarities: Uint8Array;
}

const findConcepts = loadFindConcepts(new URL('../../functions/model/', import.meta.url));

const orderOf = (labels: readonly string[]): readonly number[] => {
  const roles = labels.filter((label) => label !== 'none').map((label) => LABELS.indexOf(label));
  return roles.filter((role, index) => role !== roles[index - 1]);
};

export const askedBy = ({ steps, label, also_ok: alsoOk }: LabelledMessage): Asked => {
  const order = orderOf(steps ?? [label]);
  return { order, alsoOk: order.length > 1 ? [] : alsoOk.map((other) => orderOf([other])) };
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

/** Messages as lessons; the models have so many places for n-grams, powers of two. */
export const lessonsOf = (
  messages: readonly LabelledMessage[],
  places: { readonly clauses: number; readonly whole: number },
): Lessons => {
  const read = messages.map((message) => ({ message, views: stepViewsOf(viewOf(message), findConcepts) }));
  const clauseRarities = raritiesOf(
    read.flatMap(({ views }) => views.clauses),
    places.clauses,
  );
  const wholeRarities = raritiesOf(
    read.map(({ views }) => views.whole),
    places.whole,
  );
  const ofClauses = foldedVocabulary(clauseRarities);
  const ofWhole = foldedVocabulary(wholeRarities);
  const lessons = read.map(({ message, views }) => ({
    message,
    views,
    ...askedBy(message),
    clauses: views.clauses.map((clause) => ngramFeatures(clause, ofClauses)),
    whole: ngramFeatures(views.whole, ofWhole),
  }));
  return { lessons, clauseRarities, wholeRarities };
};

/** What a second acceptable role counts for beside the label. */
const ALSO_OK_SHARE = 0.3;
const IMPOSSIBLE = 1e-200;

export interface Alignment {
  /** Of the order that is asked for, given the clauses. */
  readonly probability: number;
  /** What each clause should be; the shares of its columns add up to 1. */
  readonly shares: readonly Float64Array[];
  /** How probable it is that the text tells another order than that of doing. */
  readonly turned: number;
}

/** What each clause should be, if together they tell what is asked for; undefined if they cannot. */
export const alignmentOf = (
  { order, alsoOk }: Asked,
  clauses: readonly Float64Array[],
  turned: number,
): Alignment | undefined => {
  const others = retold(order);
  const tellings = [
    { told: order, share: others.length === 0 ? 1 : 1 - turned, isTurned: false },
    ...others.map((told) => ({ told, share: turned / others.length, isTurned: true })),
    ...alsoOk.map((told) => ({ told, share: ALSO_OK_SHARE, isTurned: false })),
  ].filter(({ told }) => told.length <= clauses.length);
  let total = 0;
  let otherwise = 0;
  const shares = clauses.map(() => new Float64Array(CLAUSE_COLUMNS));
  for (const { told, share, isTurned } of tellings) {
    const posterior = posteriorOf(clauses, told);
    total += share * posterior.probability;
    if (isTurned) otherwise += share * posterior.probability;
    for (const [index, columns] of posterior.clauses.entries())
      for (const [column, value] of columns.entries()) {
        const row = shares[index];
        if (row) row[column] = (row[column] ?? 0) + share * value;
      }
  }
  if (total < IMPOSSIBLE) return undefined;
  return {
    probability: total,
    shares: shares.map((row) => row.map((value) => value / total)),
    turned: otherwise / total,
  };
};
