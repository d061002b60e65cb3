import { loadEncoder } from '../../functions/adapters/routing-model.ts';
import { type Heard, hearClauses } from '../../functions/domain/routing/intent/step-hearing.ts';
import { scoreFolded } from '../../functions/domain/routing/intent/step-weights.ts';
import { mayHoldSeveral } from '../../functions/domain/routing/intent/steps.ts';
import type { Asked, Lesson, Lessons } from './step-lessons.ts';
import { type StepNgramOptions, type StepNgrams, trainStepNgrams } from './train-step-ngrams.ts';

/** A message that may hold several steps, as n-grams that have not seen its file and the encoder read it. */
export interface UnseenSteps extends Asked {
  readonly lesson: Lesson;
  readonly whole: Float64Array;
  readonly clauses: readonly { readonly read: Float64Array; readonly heard: Heard | undefined }[];
  readonly habits: readonly number[];
}

const encoder = loadEncoder(new URL('../../functions/model/', import.meta.url));

const readUnseen = (lesson: Lesson, { clauses, whole, habits }: StepNgrams): UnseenSteps | undefined => {
  const ofWhole = scoreFolded(whole, lesson.whole);
  const { order, alsoOk, views } = lesson;
  if (!mayHoldSeveral(views, ofWhole)) return undefined;
  const read = lesson.clauses.map((features) => scoreFolded(clauses, features));
  const heard = hearClauses(views.clauses, read, encoder);
  const ofClauses = read.map((scores, index) => ({ read: scores, heard: heard[index] }));
  return { lesson, order, alsoOk, whole: ofWhole, clauses: ofClauses, habits };
};

/** Reads the lessons that `isHeldOut` names by n-grams that are trained on all others; undefined for those of one step. */
export const readUnseenSteps = (
  { lessons, ...rarities }: Lessons,
  isHeldOut: (lesson: Lesson) => boolean,
  options: StepNgramOptions,
): readonly UnseenSteps[] => {
  const ngrams = trainStepNgrams({ ...rarities, lessons: lessons.filter((lesson) => !isHeldOut(lesson)) }, options);
  return lessons.filter(isHeldOut).flatMap((lesson) => readUnseen(lesson, ngrams) ?? []);
};
