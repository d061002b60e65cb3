import type { Compared } from './compare.ts';
import { POLICIES } from './policies.ts';
import type { Figures } from './tally.ts';

const percent = (ratio: number): string => `${(100 * ratio).toFixed(1)} %`;

const COLUMNS: readonly (readonly [string, (figures: Figures) => string])[] = [
  ['p50 s', ({ p50S }) => p50S.toFixed(1)],
  ['p99 s', ({ p99S }) => p99S.toFixed(1)],
  ['mean s', ({ meanS }) => meanS.toFixed(1)],
  ['errors', ({ errors }) => percent(errors)],
  ['wait p99 s', ({ waitP99S }) => waitP99S.toFixed(1)],
  ['fairness', ({ fairness }) => fairness.toFixed(2)],
  ['peak', ({ herding }) => herding.toFixed(1)],
  ['kept', ({ kept }) => percent(kept)],
  ['used again s', ({ usedAgainS }) => (usedAgainS === null ? '–' : usedAgainS.toFixed(0))],
];

/** The figures of one scenario as a Markdown table, which also reads well in a terminal. */
export const tableOf = ({ scenario, title, policies }: Compared): string => {
  const rows = POLICIES.flatMap(({ name, title: policy }) => {
    const figures = policies[name];
    return figures === undefined ? [] : [[policy, ...COLUMNS.map(([, cell]) => cell(figures))]];
  });
  const head = [`\`${scenario}\``, ...COLUMNS.map(([name]) => name)];
  const widths = head.map((name, column) => Math.max(name.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const padded = (cell: string, column: number): string =>
    column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0);
  const line = (cells: readonly string[]): string => `| ${cells.map(padded).join(' | ')} |`;
  const rule = `|${widths.map((width, column) => `${'-'.repeat(width + 1)}${column === 0 ? '-' : ':'}`).join('|')}|`;
  return [`**${title}**`, '', line(head), rule, ...rows.map(line), ''].join('\n');
};
