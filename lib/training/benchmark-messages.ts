import { existsSync, readFileSync } from 'node:fs';
import * as z from 'zod';

/** A message and the intent that it has. */
export type Intended = readonly [text: string, intent: string];

/** A public benchmark: what examples are drawn from, and what is routed. */
export interface Benchmark {
  readonly name: string;
  readonly train: readonly Intended[];
  readonly test: readonly Intended[];
}

const Pairs = z.array(z.tuple([z.string(), z.string()]));
const Clinc = z.object({ train: Pairs, test: Pairs });

/** A field, quoted or not, and what ends it. */
const CSV_FIELD = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/gy;

/** Rows of a CSV file of two columns, without its header. */
const readPairs = (csv: string): readonly Intended[] => {
  const rows: string[][] = [[]];
  for (const [all, quoted, plain, end] of csv.matchAll(CSV_FIELD)) {
    if (all === '') break;
    rows.at(-1)?.push(quoted?.replaceAll('""', '"') ?? plain ?? '');
    if (end !== ',') rows.push([]);
  }
  return Pairs.parse(rows.slice(1).filter(({ length }) => length > 0));
};

/** The benchmarks that a folder holds: CLINC150 without what is out of its scope, and Banking77. */
export const readBenchmarks = (folder: string): readonly Benchmark[] => {
  const text = (name: string): string => readFileSync(`${folder}/${name}`, 'utf8');
  return [
    ...(existsSync(`${folder}/clinc150/data_full.json`)
      ? [{ name: 'clinc150', ...Clinc.parse(JSON.parse(text('clinc150/data_full.json'))) }]
      : []),
    ...(existsSync(`${folder}/banking77/test.csv`)
      ? [
          {
            name: 'banking77',
            train: readPairs(text('banking77/train.csv')),
            test: readPairs(text('banking77/test.csv')),
          },
        ]
      : []),
  ];
};
