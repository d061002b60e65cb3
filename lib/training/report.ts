import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { crossValidate } from './cross-validate.ts';
import { foldsOf, readLabelledFiles } from './labelled-files.ts';
import { learningCurve } from './learning-curve.ts';
import { routingCharts } from './routing-charts.ts';
import { routingFigures } from './routing-figures.ts';
import { routingTables, TABLES_FROM, TABLES_TO } from './routing-tables.ts';
import { makeReadUnseen } from './unseen-readings.ts';

const USAGE = `Usage: npm run report:routing [-- --folds N]

Judges the intent model by cross-validation over lib/training/data: n-grams, weights and thresholds are trained on all folds
but one, each fold of whole files is judged by those. Then the learning curve. Takes some four minutes on one core.
Writes test/bench/results/routing.json, the plots docs/figures/routing-*.svg and the tables in docs/routing.md.
--folds N   2 to 18, 6 by default
`;

const ROOT = new URL('../../', import.meta.url);
const RESULT = new URL('test/bench/results/routing.json', ROOT);
const FIGURES = new URL('docs/figures/', ROOT);
const PAGE = new URL('docs/routing.md', ROOT);

const say = (text: string): void => {
  process.stderr.write(`${text}\n`);
};

const withTables = (page: string, tables: string): string => {
  const from = page.indexOf(TABLES_FROM);
  const to = page.indexOf(TABLES_TO);
  if (from === -1 || to < from) throw new Error(`docs/routing.md lacks ${TABLES_FROM} or ${TABLES_TO}`);
  return `${page.slice(0, from + TABLES_FROM.length)}\n${tables}\n${page.slice(to)}`;
};

const report = (count: number): void => {
  const files = readLabelledFiles();
  const readUnseen = makeReadUnseen();
  const folds = foldsOf([...files.keys()], count).map((names, index) => {
    say(`fold ${index + 1} of ${count}: ${names.join(', ')}`);
    return readUnseen(files, names);
  });
  say('fitting weights and thresholds');
  const judged = crossValidate(folds);
  say('learning curve');
  const figures = routingFigures(count, judged, learningCurve(files, readUnseen));
  writeFileSync(RESULT, `${JSON.stringify(figures, null, 2)}\n`);
  mkdirSync(FIGURES, { recursive: true });
  for (const [name, chart] of Object.entries(routingCharts(figures))) writeFileSync(new URL(name, FIGURES), chart);
  writeFileSync(PAGE, withTables(readFileSync(PAGE, 'utf8'), routingTables(figures)));
  const { all, encoder_unseen: unseen } = figures;
  process.stdout.write(`${JSON.stringify({ all: all.lenient, encoder_unseen: unseen.lenient, ece: unseen.ece })}\n`);
};

const { values } = parseArgs({
  options: { folds: { type: 'string', default: '6' }, help: { type: 'boolean', short: 'h', default: false } },
});
const count = Number(values.folds);
if (values.help) process.stdout.write(USAGE);
else if (!Number.isInteger(count) || count < 2 || count > 18) {
  process.stderr.write(USAGE);
  process.exitCode = 2;
} else report(count);
