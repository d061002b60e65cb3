import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Compared, compare } from './compare.ts';
import { dotPlot } from './dot-plot.ts';
import { readOptions, type SimulationOptions, USAGE, UsageError } from './options.ts';
import { tableOf } from './table.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const write = (path: string, text: string): void => {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  process.stderr.write(`written: ${path}\n`);
};

const jsonOf = ({ hours, agents, seed }: SimulationOptions, compared: readonly Compared[]): string =>
  `${JSON.stringify({ hours, agents, seed, scenarios: compared }, null, 2)}\n`;

const main = (options: SimulationOptions): void => {
  const compared = compare(options.scenarios, options, (step) => process.stderr.write(`… ${step}\n`));
  const json = jsonOf(options, compared);
  process.stdout.write(options.json ? json : `${compared.map(tableOf).join('\n')}`);
  const { out, isDefault } = options;
  if (out === undefined && !isDefault) return;
  write(join(out ?? join(ROOT, 'docs', 'figures'), 'simulation.svg'), dotPlot(compared));
  write(join(out ?? join(ROOT, 'test', 'bench', 'results'), 'simulation.json'), json);
};

try {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) process.stdout.write(`${USAGE}\n`);
  else main(options);
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
