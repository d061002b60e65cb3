import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadEncoder } from '../../../../functions/adapters/routing-model.ts';
import { LABELS } from '../../../../functions/domain/routing/encoder/router-input.ts';
import { viewMessage } from '../../../../functions/domain/routing/intent/message-view.ts';
import { readStepWeights } from '../../../../functions/domain/routing/intent/step-file.ts';
import {
  ORDERS,
  orderProbabilities,
  tellingProbability,
} from '../../../../functions/domain/routing/intent/step-orders.ts';
import { chooseSteps, firstOf, makeReadSteps } from '../../../../functions/domain/routing/intent/steps.ts';
import { HUGE_MESSAGES, millisecondsOf } from './labelled-facets.ts';

const MODEL = new URL('../../../../functions/model/', import.meta.url);
const NOTHING_KNOWN = LABELS.map(() => 1 / LABELS.length);

const readSteps = makeReadSteps(
  readStepWeights(readFileSync(new URL('steps.bin', MODEL))),
  loadEncoder(MODEL),
  () => [],
);
const read = (message: string, roles = NOTHING_KNOWN) =>
  readSteps(
    viewMessage({ message, attachments: [] }, () => []),
    roles,
  );

const clause = (shares: Readonly<Record<number, number>>): Float64Array =>
  Float64Array.from({ length: 6 }, (_, role) => shares[role] ?? 0);
const placeOf = (order: readonly number[]): number => ORDERS.findIndex((other) => other.join() === order.join());

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
    expect(turned[placeOf([2, 0])]).toBeCloseTo(0.2 * 0.6);
  });
});

describe('probabilities of orders', () => {
  const shares = (of: readonly (readonly [order: readonly number[], probability: number])[]): number[] => {
    const probabilities = ORDERS.map(() => 0);
    for (const [order, probability] of of) probabilities[placeOf(order)] = probability;
    return probabilities;
  };

  test('say several steps from a probability on, and then the best of them', () => {
    const probabilities = shares([
      [[1], 0.7],
      [[1, 3], 0.1],
      [[4, 3], 0.2],
    ]);
    expect(chooseSteps(probabilities, 0.3)).toEqual([4, 3]);
    expect(chooseSteps(probabilities, 0.31)).toBeUndefined();
  });

  test('say what is asked for first', () => {
    const labels = firstOf(
      shares([
        [[], 0.1],
        [[1], 0.4],
        [[1, 3], 0.2],
        [[4, 3, 1], 0.3],
      ]),
    );
    expect(labels.map((probability) => Math.round(probability * 10))).toEqual([0, 6, 0, 0, 3, 1]);
  });
});

describe('steps', () => {
  test.each([
    ['Review the pull request, then write the changelog entry for it.', ['code_reviewer', 'documentation']],
    [
      'Find out why the login is slow and fix it. Afterwards document the cause in the runbook.',
      ['debugger', 'documentation'],
    ],
    ['explain how the cache works, then add a test for its expiry', ['context_analyzer', 'code_generator']],
  ])('of %j are %j', (message, steps) => {
    expect(read(message)?.steps).toEqual(steps);
  });

  test.each(['rename column qty to quantity', 'thanks, that was all', 'add a button, then a dialog, then a menu'])(
    'are not found where one thing is asked for: %s',
    (message) => {
      expect(read(message)?.steps).toBeUndefined();
    },
  );

  test('are two or three roles, none twice in a row, and labels share all probability, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (text) => {
        const reading = read(`review it, then ${text}, then document it`);
        if (reading === undefined) return;
        expect(reading.labels.reduce((sum, probability) => sum + probability, 0)).toBeCloseTo(1);
        const { steps } = reading;
        if (steps === undefined) return;
        expect([2, 3]).toContain(steps.length);
        for (const [index, step] of steps.entries()) {
          expect(LABELS.slice(0, 5)).toContain(step);
          expect(step).not.toBe(steps[index - 1]);
        }
      }),
      { numRuns: 30 },
    );
  });

  test('survives a message of 1 MiB in bounded time', () => {
    for (const message of HUGE_MESSAGES) expect(millisecondsOf(() => read(message))).toBeLessThan(300);
  });
});
