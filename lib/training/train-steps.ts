import type { StepWeights } from '../../functions/domain/routing/intent/step-weights.ts';
import { fitEvidence, weighedOf } from './fit-evidence.ts';
import { fitHearing } from './fit-hearing.ts';
import { foldsOf, type LabelledFiles } from './labelled-files.ts';
import type { LabelledMessage } from './message.ts';
import { lessonsOf } from './step-lessons.ts';
import { type StepNgramOptions, trainStepNgrams } from './train-step-ngrams.ts';
import { readUnseenSteps } from './unseen-steps.ts';

export interface StepTraining extends StepNgramOptions {
  /** Places of both models' n-grams, powers of two; each takes 7 bytes of the clauses' and 8 of the whole messages'. */
  readonly places: { readonly clauses: number; readonly whole: number };
  /** Groups of files, each read by n-grams that are trained on the rest, to fit what stands on top of them. */
  readonly folds: number;
  /** Probability of several steps from which they are said: what is not noticed against what is a false alarm. */
  readonly severalFrom: number;
}

export const STEP_TRAINING: StepTraining = {
  places: { clauses: 1 << 17, whole: 1 << 16 },
  epochs: 8,
  rate: 2,
  decay: 1e-5,
  seed: 7,
  severalWeight: 3,
  folds: 3,
  severalFrom: 0.45,
};

/** Probabilities of a message's label by a model of roles that has not seen it; undefined if there is none. */
export type RolesOf = (message: LabelledMessage) => readonly number[] | undefined;

/** The weights of `makeReadSteps`, from labelled messages. Same messages, same weights. */
export const trainSteps = (
  files: LabelledFiles,
  rolesOf: RolesOf,
  options: StepTraining = STEP_TRAINING,
): StepWeights => {
  const lessons = lessonsOf([...files.values()].flat(), options.places);
  const folds = foldsOf([...files.keys()], options.folds).map((names) => {
    const heldOut = new Set(names.flatMap((name) => files.get(name) ?? []));
    return readUnseenSteps(lessons, ({ message }) => heldOut.has(message), options);
  });
  const weighed = folds.flatMap((fold) => {
    const hearing = fitHearing(folds.filter((other) => other !== fold).flat());
    return fold.flatMap((unseen) => {
      const roles = rolesOf(unseen.lesson.message);
      return roles === undefined ? [] : [weighedOf(unseen, roles, hearing)];
    });
  });
  return {
    ...trainStepNgrams(lessons, options),
    hearing: fitHearing(folds.flat()),
    evidence: fitEvidence(weighed),
    severalFrom: options.severalFrom,
  };
};
