import { expect, test } from 'vitest';
import { EVIDENCE } from '../../../../functions/domain/routing/intent/step-evidence.ts';
import { readStepWeights } from '../../../../functions/domain/routing/intent/step-file.ts';
import { ORDERS } from '../../../../functions/domain/routing/intent/step-orders.ts';
import {
  CLAUSE_COLUMNS,
  type FoldedWeights,
  type StepWeights,
  WHOLE_COLUMNS,
} from '../../../../functions/domain/routing/intent/step-weights.ts';
import { writeStepWeights } from '../../../../lib/training/write-step-weights.ts';

const folded = (places: number, columns: number): FoldedWeights => ({
  rarities: Uint8Array.from({ length: places }, (_, place) => place),
  biases: Array.from({ length: columns }, (_, column) => column / 4),
  scales: Array.from({ length: columns }, () => 0.5),
  weights: Int8Array.from({ length: places * columns }, (_, at) => at - 3),
});
const weights: StepWeights = {
  clauses: folded(4, CLAUSE_COLUMNS),
  whole: folded(2, WHOLE_COLUMNS),
  hearing: { weights: Int8Array.of(1, -1, 0, 2, 3, -128), scales: Array.from({ length: CLAUSE_COLUMNS }, () => 0.25) },
  habits: ORDERS.map(() => -1),
  evidence: Array.from({ length: EVIDENCE }, (_, piece) => piece),
  severalFrom: 0.25,
};

test('what is written is read', () => {
  expect(readStepWeights(writeStepWeights(weights))).toEqual(weights);
});

test.each([
  ['was cut off', writeStepWeights(weights).subarray(0, -8)],
  [
    'has more places than weights',
    writeStepWeights({ ...weights, clauses: { ...weights.clauses, rarities: new Uint8Array(8) } }),
  ],
  ['has a number of places that is no power of two', writeStepWeights({ ...weights, whole: folded(3, WHOLE_COLUMNS) })],
])('rejects a file that %s', (_, file) => {
  expect(() => readStepWeights(file)).toThrow(RangeError);
});
