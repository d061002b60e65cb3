import { mkdirSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { LABELS } from '../../functions/domain/routing/encoder/router-input.ts';
import type { Header } from '../../functions/domain/routing/intent/intent-weights.ts';
import { type Cascade, fitCascade, makeJudge } from './fit-cascade.ts';
import { foldsOf, isSeenByEncoder, type LabelledFiles, readLabelledFiles } from './labelled-files.ts';
import { RARITY_STEPS } from './learn-vocabulary.ts';
import { type NgramModel, trainNgramModel } from './ngram-model.ts';
import { trainSteps } from './train-steps.ts';
import { makeReadUnseen, type UnseenReading } from './unseen-readings.ts';
import { writeStepWeights } from './write-step-weights.ts';
import { writeWeightsFile } from './write-weights-file.ts';

const USAGE = `Usage: npm run train [-- --out FOLDER]

Trains on lib/training/data/*.jsonl what is not given: intent.bin (n-grams, and how they are combined with the encoder)
and steps.bin (several steps in a message). The same messages give the same bytes.

  --out FOLDER  where to write them, made if missing; functions/model without it
`;

const VERSION = 'intent-1';

/** Groups of files, each read by n-grams that are trained on the rest, to fit what stands on top of both models. */
const FOLDS = 5;

const say = (text: string): void => {
  process.stderr.write(`${text}\n`);
};

const headerOf = ({ biases, scales }: NgramModel): Omit<Header, 'sections' | keyof Cascade> => ({
  version: VERSION,
  labels: [...LABELS],
  biases: [...biases],
  scales: [...scales],
  rarity_steps: RARITY_STEPS,
});

/** Readings of all messages that the encoder has not seen, by n-grams that have not seen their file. */
const readAllUnseen = (files: LabelledFiles): readonly UnseenReading[] => {
  const readUnseen = makeReadUnseen();
  return foldsOf(
    [...files.keys()].filter((name) => !isSeenByEncoder(name)),
    FOLDS,
  ).flatMap((fold) => {
    say(`n-grams without ${fold.join(', ')}`);
    return readUnseen(files, fold);
  });
};

const intentFile = ({ vector, ...cascade }: Cascade, model: NgramModel): Uint8Array => {
  const header: Omit<Header, 'sections'> = { ...headerOf(model), ...cascade };
  return writeWeightsFile(header, {
    members: new Uint8Array(model.vocabulary.members.buffer),
    rarities: model.vocabulary.rarities,
    weights: new Uint8Array(model.weights.buffer),
    vector: new Uint8Array(vector.buffer),
  });
};

const train = (folder: string): void => {
  mkdirSync(folder, { recursive: true });
  const files = readLabelledFiles();
  const write = (name: string, bytes: Uint8Array): void => {
    writeFileSync(resolve(folder, name), bytes);
    say(`${resolve(folder, name)}: ${bytes.length} bytes`);
  };
  say(`${[...files.values()].flat().length} messages in ${files.size} files`);
  const unseen = readAllUnseen(files);
  say(`combination on ${unseen.length} messages that neither model has seen`);
  const cascade = fitCascade(unseen);
  write('intent.bin', intentFile(cascade, trainNgramModel([...files.values()].flat())));
  const judge = makeJudge(cascade);
  const roles = new Map(unseen.map((reading) => [reading.message, judge(reading).probabilities]));
  say('steps');
  write('steps.bin', writeStepWeights(trainSteps(files, (message) => roles.get(message))));
};

const { values } = parseArgs({
  options: { out: { type: 'string' }, help: { type: 'boolean', short: 'h', default: false } },
});
if (values.help) process.stdout.write(USAGE);
else train(values.out ?? fileURLToPath(new URL('../../functions/model/', import.meta.url)));
