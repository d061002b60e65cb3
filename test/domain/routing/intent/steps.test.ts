import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { LABELS } from '../../../../functions/domain/routing/encoder/router-input.ts';
import { viewMessage } from '../../../../functions/domain/routing/intent/message-view.ts';
import {
  ORDERS,
  orderProbabilities,
  tellingProbability,
} from '../../../../functions/domain/routing/intent/step-orders.ts';
import type { StepWeights } from '../../../../functions/domain/routing/intent/step-weights.ts';
import { makeReadSteps, type ReadSteps } from '../../../../functions/domain/routing/intent/steps.ts';
import { readMessages } from '../../../../lib/training/message.ts';
import { STEP_TRAINING, trainSteps } from '../../../../lib/training/train-steps.ts';
import { HUGE_MESSAGES, millisecondsOf } from './labelled-facets.ts';

const viewOf = (message: string) => viewMessage({ message, attachments: [] }, () => []);

const SMALL = { ...STEP_TRAINING, clausePlaces: 1 << 14, wholePlaces: 1 << 13, epochs: 4 };
const messages = ['train-12', 'own-6', 'train-1'].flatMap((name) => [
  ...readMessages(new URL(`../../../../lib/training/data/${name}.jsonl`, import.meta.url).pathname),
]);

const clause = (shares: Readonly<Record<number, number>>): Float64Array =>
  Float64Array.from({ length: 6 }, (_, role) => shares[role] ?? 0);

describe('orders', () => {
  test('are told by clauses that are sure of them', () => {
    const review = clause({ 4: 1 });
    const idle = clause({ 5: 1 });
    const write = clause({ 3: 1 });
    expect(tellingProbability([review, idle, write], [4, 3])).toBe(1);
    expect(tellingProbability([review, review, write, write], [4, 3])).toBe(1);
    expect(tellingProbability([review, idle, review], [4])).toBe(1);
    expect(tellingProbability([review], [4, 3])).toBe(0);
  });

  test('share all probability of two clauses', () => {
    const clauses = [clause({ 0: 0.2, 1: 0.3, 5: 0.5 }), clause({ 2: 0.6, 1: 0.1, 5: 0.3 })];
    expect(orderProbabilities(clauses, 0).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1);
    const turned = orderProbabilities(clauses, 1);
    const place = (order: readonly number[]): number => ORDERS.findIndex((other) => other.join() === order.join());
    expect(turned[place([2, 0])]).toBeCloseTo(0.2 * 0.6);
  });
});

describe('steps', () => {
  let weights: StepWeights;
  let readSteps: ReadSteps;
  beforeAll(() => {
    weights = trainSteps(messages, SMALL);
    readSteps = makeReadSteps(weights, () => []);
  });

  test('are found in the order of the text', () => {
    expect(readSteps(viewOf('Review the pull request, then write the changelog entry for it.'))).toEqual([
      'code_reviewer',
      'documentation',
    ]);
  });

  test('are not found where one thing is asked for', () => {
    expect(readSteps(viewOf('rename column qty to quantity'))).toBeUndefined();
    expect(readSteps(viewOf('thanks, that was all'))).toBeUndefined();
  });

  test('are the same bytes each time that they are learnt', () => {
    expect(trainSteps(messages, SMALL)).toEqual(weights);
  });

  test('are two or three roles, none twice in a row, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (message) => {
        const steps = readSteps(viewOf(message));
        if (steps === undefined) return;
        expect([2, 3]).toContain(steps.length);
        for (const [index, step] of steps.entries()) {
          expect(LABELS.slice(0, 5)).toContain(step);
          expect(step).not.toBe(steps[index - 1]);
        }
      }),
    );
  });

  test('survives a message of 1 MiB in bounded time', () => {
    for (const message of HUGE_MESSAGES) expect(millisecondsOf(() => readSteps(viewOf(message)))).toBeLessThan(300);
  });
});
