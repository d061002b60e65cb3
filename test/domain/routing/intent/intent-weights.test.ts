import { expect, test } from 'vitest';
import { LABELS } from '../../../../functions/domain/routing/encoder/router-input.ts';
import { writeBucketSet } from '../../../../functions/domain/routing/intent/bucket-set.ts';
import { readIntentWeights } from '../../../../functions/domain/routing/intent/intent-weights.ts';
import { KINDS } from '../../../../functions/domain/routing/intent/message-kind.ts';
import { writeWeightsFile } from '../../../../lib/training/write-weights-file.ts';

const zeros = LABELS.map(() => 0);
const byKind = KINDS.map(() => 1);
const combination = { ngrams: byKind, encoder: byKind, biases: KINDS.map(() => zeros) };
const header = {
  version: 'test-1',
  labels: [...LABELS],
  biases: zeros,
  scales: LABELS.map(() => 0.25),
  rarity_steps: 20,
  alone: combination,
  together: combination,
  sure_from: 0.9,
  vector_scales: zeros,
};
const members = writeBucketSet([1, 63], 64);
const arrays = {
  members: new Uint8Array(members.buffer),
  rarities: Uint8Array.of(20, 40),
  weights: new Uint8Array(Int8Array.from({ length: 2 * LABELS.length }, (_, at) => at - 6).buffer),
  vector: Uint8Array.of(255),
};

test('what is written is read, also from the middle of a buffer', () => {
  const file = writeWeightsFile(header, arrays);
  const padded = new Uint8Array(file.length + 3);
  padded.set(file, 3);
  for (const bytes of [file, padded.subarray(3)]) {
    const { header: read, vocabulary, rarities, weights, vector } = readIntentWeights(bytes);
    expect(read).toMatchObject(header);
    expect([vocabulary.size, vocabulary.placeOf(63), vocabulary.placeOf(2)]).toEqual([2, 1, -1]);
    expect([...rarities]).toEqual([20, 40]);
    expect(weights[0]).toBe(-6);
    expect([...vector]).toEqual([-1]);
  }
});

test.each([
  ['was cut off', writeWeightsFile(header, arrays).subarray(0, -4)],
  ['is for other labels', writeWeightsFile({ ...header, labels: ['poet'] }, arrays)],
  ['does not fit its vocabulary', writeWeightsFile(header, { ...arrays, rarities: Uint8Array.of(1) })],
])('rejects a file that %s', (_, file) => {
  expect(() => readIntentWeights(file)).toThrow(RangeError);
});
