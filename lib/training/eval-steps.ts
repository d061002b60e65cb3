import { weighEvidence } from '../../functions/domain/routing/intent/step-evidence.ts';
import { chooseSteps, firstOf } from '../../functions/domain/routing/intent/steps.ts';
import { bestOf } from './cross-validate.ts';
import { fitCascade, makeJudge } from './fit-cascade.ts';
import { fitEvidence, weighedOf } from './fit-evidence.ts';
import { fitHearing } from './fit-hearing.ts';
import { foldsOf, isSeenByEncoder, readLabelledFiles } from './labelled-files.ts';
import type { LabelledMessage } from './message.ts';
import { askedBy, lessonsOf } from './step-lessons.ts';
import { STEP_TRAINING } from './train-steps.ts';
import { makeReadUnseen, type UnseenReading } from './unseen-readings.ts';
import { readUnseenSteps, type UnseenSteps } from './unseen-steps.ts';

const FOLDS = 6;

/** What was found in a message of a file that the n-grams have not seen. */
interface Found {
  readonly file: string;
  readonly message: LabelledMessage;
  /** Probabilities of its label: by the model of roles, and with what its clauses say. */
  readonly roles: readonly number[];
  readonly labels: readonly number[];
  /** Probabilities of ORDERS; undefined where several steps were out of the question. */
  readonly orders: readonly number[] | undefined;
}

interface Fold {
  readonly readings: readonly UnseenReading[];
  readonly steps: readonly UnseenSteps[];
}

type RolesOf = (message: LabelledMessage) => readonly number[];

/** Probabilities of the labels of a fold's messages, by a cascade that is fitted on the other folds. */
const rolesOf = (folds: readonly Fold[]): RolesOf => {
  const roles = new Map<LabelledMessage, readonly number[]>();
  for (const fold of folds) {
    const others = folds.filter((other) => other !== fold).flatMap(({ readings }) => readings);
    const judge = makeJudge(fitCascade(others.filter(({ file }) => !isSeenByEncoder(file))));
    for (const reading of fold.readings) roles.set(reading.message, judge(reading).probabilities);
  }
  return (message) => roles.get(message) ?? [];
};

const judgeFold = (fold: Fold, others: readonly Fold[], roles: RolesOf): readonly Found[] => {
  const steps = others.flatMap((other) => other.steps);
  const hearing = fitHearing(steps);
  const evidence = fitEvidence(steps.map((unseen) => weighedOf(unseen, roles(unseen.lesson.message), hearing)));
  const unseen = new Map(fold.steps.map((one) => [one.lesson.message, one]));
  return fold.readings.map(({ file, message }) => {
    const byRoles = roles(message);
    const several = unseen.get(message);
    const orders = several && weighEvidence(weighedOf(several, byRoles, hearing).evidence, evidence);
    return { file, message, roles: byRoles, labels: orders ? firstOf(orders) : byRoles, orders };
  });
};

const share = (part: number, of: number): number => Math.round((1000 * part) / Math.max(1, of)) / 10;

const isRight = (probabilities: readonly number[], { label, also_ok: alsoOk }: LabelledMessage): boolean => {
  const { role } = bestOf(probabilities);
  return role === label || alsoOk.some((other) => other === role);
};

/** Exact: the order found is the labelled one. False alarm: several found where none are labelled. In percent. */
const figuresOf = (found: readonly Found[], severalFrom: number) => {
  const stepsOf = ({ orders }: Found) => orders && chooseSteps(orders, severalFrom);
  const several = found.filter(({ message }) => askedBy(message).order.length > 1);
  const single = found.filter(({ message }) => message.steps === null);
  const rightBy = (ones: readonly Found[], by: 'roles' | 'labels') =>
    share(ones.filter((one) => isRight(one[by], one.message)).length, ones.length);
  return {
    several: several.length,
    exact: share(
      several.filter((one) => stepsOf(one)?.join() === askedBy(one.message).order.join()).length,
      several.length,
    ),
    noticed: share(several.filter(stepsOf).length, several.length),
    false_alarms: share(single.filter(stepsOf).length, single.length),
    role_of_several: [rightBy(several, 'roles'), rightBy(several, 'labels')],
    role: [rightBy(found, 'roles'), rightBy(found, 'labels')],
  };
};

/**
 * Cross-validation by file, over `judged` of FOLDS groups of files (2 or more): n-grams are trained on all other groups,
 * what stands on top of them is fitted on the other judged ones. Figures over the files that the encoder has not seen
 * either, and over `train-12`, which it has, and which has most to say about steps.
 */
export const evaluateSteps = (judged: number, severalFrom: readonly number[]) => {
  const files = readLabelledFiles();
  const lessons = lessonsOf([...files.values()].flat(), STEP_TRAINING.places);
  const readUnseen = makeReadUnseen();
  const folds = foldsOf([...files.keys()], FOLDS)
    .slice(0, judged)
    .map((names): Fold => {
      const readings = readUnseen(files, names);
      const heldOut = new Set(readings.map(({ message }) => message));
      process.stderr.write(`without ${names.join(', ')}\n`);
      return { readings, steps: readUnseenSteps(lessons, ({ message }) => heldOut.has(message), STEP_TRAINING) };
    });
  const roles = rolesOf(folds);
  const found = folds.flatMap((fold) =>
    judgeFold(
      fold,
      folds.filter((other) => other !== fold),
      roles,
    ),
  );
  return severalFrom.map((from) => ({
    several_from: from,
    unseen: figuresOf(
      found.filter(({ file }) => !isSeenByEncoder(file)),
      from,
    ),
    'train-12': figuresOf(
      found.filter(({ file }) => file === 'train-12'),
      from,
    ),
  }));
};

if (import.meta.main)
  for (const figures of evaluateSteps(FOLDS, [0.18, 0.2, 0.22, 0.25, 0.3]))
    process.stdout.write(`${JSON.stringify(figures)}\n`);
