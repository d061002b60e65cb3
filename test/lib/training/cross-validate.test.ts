import { expect, test } from 'vitest';
import { LABELS } from '../../../functions/domain/routing/encoder/router-input.ts';
import { KINDS } from '../../../functions/domain/routing/intent/message-kind.ts';
import { crossValidate } from '../../../lib/training/cross-validate.ts';
import { LabelledMessage } from '../../../lib/training/message.ts';
import type { UnseenReading } from '../../../lib/training/unseen-readings.ts';

const one = (label: number): number[] => LABELS.map((_, at) => Number(at === label));
const says = (label: number): number[] => one(label).map((share) => Math.log(0.05 + 0.7 * share));

/** Messages of a file in which the n-grams are wrong, and the encoder is right or not. */
const fileOf = (file: string, isEncoderRight: boolean): readonly UnseenReading[] =>
  Array.from({ length: 60 }, (_, index) => {
    const label = index % LABELS.length;
    const other = (label + 1 + (index % 4)) % LABELS.length;
    return {
      file,
      message: LabelledMessage.parse({ id: `${file}-${index}`, text: 't', label: LABELS[label] }),
      kind: KINDS.map((kind) => Number(kind === 'any')),
      byNgrams: says(other),
      byEncoder: says(isEncoderRight ? label : other),
      vector: Float32Array.of(0),
      target: one(label),
    };
  });

test('judges a fold by what the other folds say of both models', () => {
  const judged = crossValidate([fileOf('own-1', false), fileOf('own-2', true)]);
  const rightIn = (file: string) => judged.filter((one) => one.file === file && one.role === one.message.label).length;
  // own-2 is judged by weights of own-1, where the encoder is as wrong as the n-grams, and the other way round.
  expect(rightIn('own-1')).toBe(0);
  expect(judged).toHaveLength(120);
});

test('takes nothing from files that the encoder has seen', () => {
  const misleading = fileOf('train-1', true).map((reading) => ({ ...reading, byEncoder: says(0) }));
  const alone = crossValidate([fileOf('own-1', true), fileOf('own-2', true)]);
  const beside = crossValidate([[...fileOf('own-1', true), ...misleading], fileOf('own-2', true)]);
  const own = (judged: typeof alone) =>
    judged.filter(({ file }) => file === 'own-2').map(({ confidence }) => confidence);
  expect(own(beside)).toEqual(own(alone));
});
