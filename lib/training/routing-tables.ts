import { LABELS } from '../../functions/domain/routing/encoder/router-input.ts';
import type { RoutingFigures } from './routing-figures.ts';

/** What stands in docs/routing.md around the tables that the report writes. */
export const TABLES_FROM = '<!-- npm run report:routing writes from here -->';
export const TABLES_TO = '<!-- to here -->';

/** To a tenth of a percent, never rounded up; errors, of which less is better, never down. */
const percent = (share: number | null): string =>
  share === null ? '–' : (Math.floor(share * 1000 + 1e-6) / 10).toFixed(1);
const percentAbove = (share: number | null): string =>
  share === null ? '–' : (Math.ceil(share * 1000 - 1e-6) / 10).toFixed(1);

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map((_, column) => (column === 0 ? '---' : '--:')), ...rows]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n');

const summary = ({ all, encoder_unseen: unseen, given_unseen: given, encoder_seen: seen }: RoutingFigures): string => {
  const sets = [given, unseen, seen, all];
  const row = (name: string, cell: (set: (typeof sets)[number]) => string) => [name, ...sets.map(cell)];
  return table(
    ['%', '`train-13` to `18`', 'all that the encoder has not seen', 'what it has seen', 'all'],
    [
      row('messages', ({ n }) => n.toLocaleString('en')),
      row('right, `also_ok` accepted', ({ lenient }) => percent(lenient)),
      row('right, the label only', ({ strict }) => percent(strict)),
      ...LABELS.map((label) => row(`\`${label}\` right`, ({ by_label: byLabel }) => percent(byLabel[label] ?? null))),
      row('`none` recognised', (set) => percent(set.none_recall)),
      row('wrongly refused', (set) => percentAbove(set.false_refusal)),
      row('expected calibration error', ({ ece }) => percentAbove(ece)),
      row('right among the most confident 80 %', (set) => percent(set.selective_80)),
      row('encoder asked', (set) => percent(set.asked_encoder)),
    ],
  );
};

const confusion = (rows: readonly (readonly number[])[]): string =>
  table(
    ['label ↓ found →', ...LABELS],
    rows.map((row, at) => [
      `\`${LABELS[at]}\``,
      ...row.map((count, column) => (column === at ? `**${count}**` : `${count}`)),
    ]),
  );

const byFile = ({ by_file: files }: RoutingFigures): string =>
  table(
    ['file', 'messages', 'right, %', 'encoder has seen it'],
    files.map(({ file, n, lenient, encoder_seen: isSeen }) => [file, `${n}`, percent(lenient), isSeen ? 'yes' : '']),
  );

/** The tables of docs/routing.md as Markdown. The same figures, the same text. */
export const routingTables = (figures: RoutingFigures): string =>
  [
    `Cross-validated by file, ${figures.folds} folds of whole files:`,
    summary(figures),
    'Confusion, files that the encoder has not seen, by label:',
    confusion(figures.confusion.strict),
    'The same with `also_ok` accepted:',
    confusion(figures.confusion.lenient),
    'By tag, files that the encoder has not seen:',
    table(
      ['tag', 'messages', 'right, %'],
      figures.by_tag.map(({ tag, n, lenient }) => [tag, `${n}`, percent(lenient)]),
    ),
    'By file (`train-*` and `dev` are given, `own-*` written for this model):',
    byFile(figures),
    'Learning curve, files of another sixth never seen by either model:',
    table(
      ['messages to train on', 'n-grams, %', 'both models, %'],
      figures.learning.map(({ trained_on: n, ngrams, together }) => [
        n.toLocaleString('en'),
        percent(ngrams),
        percent(together),
      ]),
    ),
  ].join('\n\n');
