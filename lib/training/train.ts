import { readdirSync, writeFileSync } from 'node:fs';
import { loadEncoder } from '../../functions/adapters/routing-model.ts';
import { LABELS } from '../../functions/domain/routing/encoder/router-input.ts';
import type { Combination, Header } from '../../functions/domain/routing/intent/intent-weights.ts';
import { ngramFeatures } from '../../functions/domain/routing/intent/ngram-features.ts';
import { combine, makeScoreNgrams } from '../../functions/domain/routing/intent/role-probabilities.ts';
import { logSoftmax } from '../../functions/domain/routing/intent/softmax.ts';
import { fitCombination, type Unseen } from './fit-combination.ts';
import { RARITY_STEPS } from './learn-vocabulary.ts';
import { type LabelledMessage, readMessages, subjectOf } from './message.ts';
import { type NgramModel, targetOf, trainNgramModel, viewOf } from './ngram-model.ts';
import { writeIntentWeights } from './write-intent-weights.ts';

const VERSION = 'intent-1';
const DATA = new URL('data/', import.meta.url);
const MODEL = new URL('../../functions/model/', import.meta.url);

/**
 * Files that the encoder was not fine-tuned on and whose mix of messages is the usual one, in groups: what stands on top
 * of both models is fitted on each group by n-grams that have not seen it either.
 */
const UNSEEN_BY_ENCODER = [
  ['own-5', 'own-9'],
  ['own-7', 'own-10'],
  ['own-13', 'own-14'],
];

/** The n-grams decide alone from the probability from which this share of what they say is right. */
const RIGHT_ALONE = 0.97;

const say = (text: string): void => {
  process.stderr.write(`${text}\n`);
};

const readAll = (): ReadonlyMap<string, readonly LabelledMessage[]> =>
  new Map(
    readdirSync(DATA)
      .filter((name) => name.endsWith('.jsonl'))
      .sort()
      .map((name) => [name.slice(0, -'.jsonl'.length), readMessages(new URL(name, DATA).pathname)]),
  );

const headerOf = ({ biases, scales }: NgramModel): Omit<Header, 'sections' | 'alone' | 'together' | 'sure_from'> => ({
  version: VERSION,
  labels: [...LABELS],
  biases: [...biases],
  scales: [...scales],
  rarity_steps: RARITY_STEPS,
});

interface JudgedUnseen extends Unseen {
  readonly message: LabelledMessage;
}

/** What both models say of messages that neither has seen. */
const sayUnseen = (files: ReadonlyMap<string, readonly LabelledMessage[]>): readonly JudgedUnseen[] => {
  const encoder = loadEncoder(MODEL);
  return UNSEEN_BY_ENCODER.flatMap((group) => {
    const model = trainNgramModel([...files].flatMap(([name, messages]) => (group.includes(name) ? [] : messages)));
    say(`trained without ${group.join(', ')}`);
    const score = makeScoreNgrams(model);
    return group
      .flatMap((name) => files.get(name) ?? [])
      .map((message) => {
        const { message: text, attachments, previousRole } = subjectOf(message);
        const names = attachments.map(({ name }) => name);
        const { logits } = encoder.readMessage({ text, files: names, previousRole });
        return {
          message,
          byNgrams: score(ngramFeatures(viewOf(message), model.vocabulary)),
          byEncoder: logSoftmax([...logits]),
          target: targetOf(message),
        };
      });
  });
};

const isRight = (probabilities: readonly number[], { label, also_ok: alsoOk }: LabelledMessage): boolean => {
  const best = LABELS[probabilities.indexOf(Math.max(...probabilities))];
  return best === label || alsoOk.some((role) => role === best);
};

/** The lowest probability from which the n-grams alone are right often enough. */
const findSureFrom = (unseen: readonly JudgedUnseen[], alone: Combination): number => {
  const judged = unseen
    .map(({ message, byNgrams }) => {
      const probabilities = combine(alone, byNgrams, undefined);
      return { sure: Math.max(...probabilities), right: isRight(probabilities, message) };
    })
    .sort((left, right) => right.sure - left.sure);
  let right = 0;
  let from = 1;
  judged.forEach((one, index) => {
    right += +one.right;
    if (right >= RIGHT_ALONE * (index + 1)) from = one.sure;
  });
  const above = judged.filter(({ sure }) => sure >= from).length;
  say(`n-grams decide alone from ${from.toFixed(4)}: ${((100 * above) / judged.length).toFixed(1)} % of messages`);
  return Math.ceil(from * 1e4) / 1e4;
};

const files = readAll();
say(`${[...files.values()].flat().length} messages in ${files.size} files`);
const unseen = sayUnseen(files);
const alone = fitCombination(unseen, false);
const together = fitCombination(unseen, true);
const rate = (combination: Combination): string =>
  (
    unseen.filter(({ message, byNgrams, byEncoder }) => isRight(combine(combination, byNgrams, byEncoder), message))
      .length / unseen.length
  ).toFixed(4);
say(
  `unseen ${unseen.length}: n-grams alone ${rate(alone)}, together ${rate(together)}; ${JSON.stringify({ alone, together })}`,
);
const sureFrom = findSureFrom(unseen, alone);
const model = trainNgramModel([...files.values()].flat());
const bytes = writeIntentWeights(
  { ...headerOf(model), alone, together, sure_from: sureFrom },
  {
    members: new Uint8Array(model.vocabulary.members.buffer),
    rarities: model.vocabulary.rarities,
    weights: new Uint8Array(model.weights.buffer),
  },
);
writeFileSync(new URL('intent.bin', MODEL), bytes);
say(`functions/model/intent.bin: ${bytes.length} bytes`);
