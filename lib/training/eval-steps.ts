import { readdirSync } from 'node:fs';
import { EVIDENCE, evidenceOf, weighEvidence } from '../../functions/domain/routing/intent/step-evidence.ts';
import { placeOfOrder } from '../../functions/domain/routing/intent/step-orders.ts';
import { type StepWeights, scoreFolded } from '../../functions/domain/routing/intent/step-weights.ts';
import { chooseSteps } from '../../functions/domain/routing/intent/steps.ts';
import { type LabelledMessage, readMessages } from './message.ts';
import { seeded, shuffle } from './ngram-trainer.ts';
import { type Lessons, lessonsOf, orderOf, STEP_TRAINING, trainOnLessons } from './train-steps.ts';

const DATA = new URL('data/', import.meta.url);
const FOLDS = 6;
/** The files that have most to say about steps, each in a fold of its own; the rest in turn. */
const APART = ['dev', 'train-6', 'train-12', 'own-6'];
const RATE = 0.3;
const PASSES = 4;

/** A message of a file that the models have not seen. */
interface Unseen {
  readonly file: string;
  readonly fold: number;
  readonly message: LabelledMessage;
  readonly evidence: Float64Array;
  /** Place of its order among ORDERS, or -1. */
  readonly place: number;
}

/** Weights of the evidence by which the messages' orders are most probable (AdaGrad from equal parts). */
const fitEvidence = (unseen: readonly Unseen[]): number[] => {
  const weights: number[] = Array.from({ length: EVIDENCE }, (_, piece) => (piece < 2 ? 1 : 0));
  const squares = new Float64Array(EVIDENCE).fill(1e-6);
  const chance = seeded(3);
  const order = [...unseen];
  for (let pass = 0; pass < PASSES; pass += 1)
    for (const { evidence, place } of shuffle(order, chance)) {
      if (place === -1) continue;
      const probabilities = weighEvidence(evidence, weights);
      for (let piece = 0; piece < EVIDENCE; piece += 1) {
        const expected = probabilities.reduce(
          (sum, share, at) => sum + share * (evidence[at * EVIDENCE + piece] ?? 0),
          0,
        );
        const gradient = (evidence[place * EVIDENCE + piece] ?? 0) - expected;
        squares[piece] = (squares[piece] ?? 0) + gradient * gradient;
        weights[piece] = (weights[piece] ?? 0) + (RATE * gradient) / Math.sqrt(squares[piece] ?? 1);
      }
    }
  return weights;
};

const share = (part: number, of: number): number => Math.round((1000 * part) / Math.max(1, of)) / 10;

interface Told {
  readonly file: string;
  readonly order: readonly number[];
  readonly isSingle: boolean;
  readonly found: readonly number[] | undefined;
}

/** Exact: the order found is the labelled one. False alarm: several found where none are labelled. */
const figuresOf = (told: readonly Told[]) => {
  const several = told.filter(({ order }) => order.length > 1);
  const single = told.filter(({ isSingle }) => isSingle);
  return {
    several: several.length,
    exact: share(several.filter(({ order, found }) => found?.join() === order.join()).length, several.length),
    noticed: share(several.filter(({ found }) => found).length, several.length),
    false_alarms: share(single.filter(({ found }) => found).length, single.length),
  };
};

const predict = ({ clauses, whole, habits }: StepWeights, lesson: Lessons['lessons'][number]): Float64Array =>
  evidenceOf(
    {
      clauses: lesson.clauses.map((features) => scoreFolded(clauses, features)),
      whole: scoreFolded(whole, lesson.whole),
    },
    habits,
  );

/** Trains without a part of the files at a time, and judges on that part; weights of evidence come from other parts. */
const crossValidate = (files: ReadonlyMap<string, readonly LabelledMessage[]>): readonly Unseen[] => {
  const messages = [...files].flatMap(([file, messages]) => messages.map((message) => ({ file, message })));
  const foldOf = new Map<string, number>(
    [...files.keys()].map((file, index) => [file, APART.includes(file) ? APART.indexOf(file) : index % FOLDS]),
  );
  const all = lessonsOf(
    messages.map(({ message }) => message),
    STEP_TRAINING,
  );
  return Array.from({ length: FOLDS }, (_, fold) => fold).flatMap((fold) => {
    const isUnseen = messages.map(({ file }) => foldOf.get(file) === fold);
    const lessons = all.lessons.filter((_, index) => !isUnseen[index]);
    const model = trainOnLessons({ ...all, lessons }, STEP_TRAINING);
    process.stderr.write(`fold ${fold}: trained on ${lessons.length}\n`);
    return messages.flatMap(({ file, message }, index) => {
      const lesson = all.lessons[index];
      if (!isUnseen[index] || !lesson) return [];
      return [{ file, fold, message, evidence: predict(model, lesson), place: placeOfOrder(orderOf(message)) }];
    });
  });
};

const judge = (unseen: readonly Unseen[], severalFrom: number): readonly Told[] => {
  const weights: readonly (readonly number[])[] = [0, 1].map((half) =>
    fitEvidence(unseen.filter(({ fold }) => fold % 2 !== half)),
  );
  return unseen.map(({ file, fold, message, evidence }) => ({
    file,
    order: orderOf(message),
    isSingle: message.steps === null,
    found: chooseSteps(weighEvidence(evidence, weights[fold % 2] ?? []), severalFrom),
  }));
};

const readFiles = (): ReadonlyMap<string, readonly LabelledMessage[]> =>
  new Map(
    readdirSync(DATA)
      .filter((name) => name.endsWith('.jsonl'))
      .sort()
      .map((name) => [name.slice(0, -'.jsonl'.length), readMessages(new URL(name, DATA).pathname)]),
  );

/** Figures over all files, over those that have most to say about steps, and over the rest, each in unseen files. */
export const evaluateSteps = (severalFrom: readonly number[]) => {
  const unseen = crossValidate(readFiles());
  const figures = severalFrom.map((from) => {
    const told = judge(unseen, from);
    const apart = APART.map((file) => [file, figuresOf(told.filter((one) => one.file === file))]);
    const others = figuresOf(told.filter(({ file }) => !APART.includes(file)));
    return { several_from: from, all: figuresOf(told), others, apart: Object.fromEntries(apart) };
  });
  return { figures, evidence: fitEvidence(unseen).map((weight) => Math.round(weight * 100) / 100) };
};

if (import.meta.main) {
  const { figures, evidence } = evaluateSteps([0.2, 0.25, 0.3, 0.35, 0.38, 0.42]);
  for (const line of [...figures, { evidence }]) process.stdout.write(`${JSON.stringify(line)}\n`);
}
