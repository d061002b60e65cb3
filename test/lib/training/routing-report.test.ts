import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { LABELS } from '../../../functions/domain/routing/encoder/router-input.ts';
import type { CrossJudged } from '../../../lib/training/cross-validate.ts';
import { LabelledMessage } from '../../../lib/training/message.ts';
import { routingCharts } from '../../../lib/training/routing-charts.ts';
import { type RoutingFigures, routingFigures } from '../../../lib/training/routing-figures.ts';
import { routingTables, TABLES_FROM, TABLES_TO } from '../../../lib/training/routing-tables.ts';

const fileAt = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
const reported = (): RoutingFigures => JSON.parse(fileAt('test/bench/results/routing.json'));

test('docs/routing.md and its plots are what the last report measured', () => {
  const page = fileAt('docs/routing.md');
  const tables = page.slice(page.indexOf(TABLES_FROM) + TABLES_FROM.length, page.indexOf(TABLES_TO)).trim();
  expect(tables).toBe(routingTables(reported()));
  for (const [name, chart] of Object.entries(routingCharts(reported())))
    expect(fileAt(`docs/figures/${name}`)).toBe(chart);
});

const judged = (
  label: string,
  role: string,
  more: Partial<CrossJudged> & { readonly also?: string[] } = {},
): CrossJudged => ({
  message: LabelledMessage.parse({ id: 'a', text: 't', label, also_ok: more.also ?? [], tags: ['short'] }),
  role,
  confidence: 0.95,
  steps: undefined,
  file: 'own-1',
  isSeenByEncoder: false,
  encoded: true,
  ...more,
});

test('files that the encoder has seen count apart, and in no matrix, tag or curve', () => {
  const figures = routingFigures(
    6,
    [judged('debugger', 'debugger'), judged('debugger', 'none', { isSeenByEncoder: true })],
    [],
  );
  expect(figures.encoder_unseen).toMatchObject({ n: 1, lenient: 1 });
  expect(figures.encoder_seen).toMatchObject({ n: 1, lenient: 0 });
  expect(figures.confusion.strict.flat().reduce((sum, count) => sum + count, 0)).toBe(1);
  expect(figures.reliability).toEqual([{ from: 0.9, n: 1, confidence: 0.95, lenient: 1 }]);
});

test('an acceptable role stands on the diagonal of the lenient matrix only', () => {
  const { confusion } = routingFigures(6, [judged('debugger', 'documentation', { also: ['documentation'] })], []);
  const [row, column] = [LABELS.indexOf('debugger'), LABELS.indexOf('documentation')];
  expect([confusion.strict[row]?.[column], confusion.lenient[row]?.[column], confusion.lenient[row]?.[row]]).toEqual([
    1, 0, 1,
  ]);
});

test('the most confident come first', () => {
  const sure = judged('debugger', 'debugger', { confidence: 0.9 });
  const unsure = judged('debugger', 'none', { confidence: 0.3 });
  const { risk_coverage: curve } = routingFigures(6, [unsure, sure], []);
  expect(curve.at(4)).toEqual({ share: 0.5, lenient: 1 });
  expect(curve.at(-1)).toEqual({ share: 1, lenient: 0.5 });
});

test('no share is rounded up, and none of errors down', () => {
  const messages = Array.from({ length: 2_500 }, (_, at) => judged('debugger', at === 0 ? 'none' : 'debugger'));
  const tables = routingTables(routingFigures(6, messages, []));
  expect(tables).toMatch(/\| right, `also_ok` accepted \| – \| 99\.9 \|/);
  expect(tables).toMatch(/\| wrongly refused \| – \| 0\.1 \|/);
});
