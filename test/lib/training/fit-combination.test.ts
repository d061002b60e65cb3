import { expect, test } from 'vitest';
import { KINDS } from '../../../functions/domain/routing/intent/message-kind.ts';
import { fitCascade, makeJudge } from '../../../lib/training/fit-cascade.ts';
import { fitCombination, type Unseen } from '../../../lib/training/fit-combination.ts';
import { chanceFrom } from '../../../lib/training/seeded-chance.ts';

const one = (label: number): number[] => Array.from({ length: 6 }, (_, at) => (at === label ? 1 : 0));
const says = (label: number): number[] => one(label).map((share) => Math.log(0.05 + 0.7 * share));
const kindWith = (...others: readonly (typeof KINDS)[number][]): number[] =>
  KINDS.map((kind) => (kind === 'any' || others.includes(kind) ? 1 : 0));

/** The encoder is right in English only, the n-grams in 3 of 5; the vector tells label 5. */
const messages = (count: number): readonly Unseen[] => {
  const chance = chanceFrom(7);
  return Array.from({ length: count }, (_, at) => {
    const label = at % 6;
    const isForeign = at % 7 < 3;
    const other = (label + 1 + Math.floor(5 * chance())) % 6;
    return {
      kind: isForeign ? kindWith('not English') : kindWith(),
      byNgrams: says(chance() < 0.6 ? label : other),
      byEncoder: says(isForeign ? other : label),
      vector: Float32Array.of(label === 5 ? 1 : -1, 2 * chance() - 1),
      target: one(label),
    };
  });
};

test('trusts each model for the kinds of message in which it is right', () => {
  const { combination } = fitCombination(messages(600), true);
  const [inEnglish = 0, elsewhere = 0] = combination.encoder;
  expect(inEnglish).toBeGreaterThan(1);
  expect(inEnglish + elsewhere).toBeLessThan(0.3);
});

test('reads from the vector what the scores do not say', () => {
  const { vector } = fitCombination(messages(600), true);
  const [ofFirst = 0, ofLast = 0] = [vector[0], vector[5]];
  expect(ofLast).toBeGreaterThan(ofFirst + 0.5);
});

test('confidence is the share that comes true', () => {
  const unseen = messages(1_200);
  const judge = makeJudge(fitCascade(unseen));
  const judged = unseen.map((message) => {
    const { probabilities } = judge(message);
    const confidence = Math.max(...probabilities);
    return { confidence, isRight: message.target[probabilities.indexOf(confidence)] === 1 };
  });
  const mean = judged.reduce((sum, { confidence }) => sum + confidence, 0) / judged.length;
  expect(mean).toBeCloseTo(judged.filter(({ isRight }) => isRight).length / judged.length, 1);
});

test('without an encoder its weights stay 0', () => {
  const { combination, vector } = fitCombination(messages(60), false);
  expect(combination.encoder).toEqual(KINDS.map(() => 0));
  expect(vector).toHaveLength(0);
});
