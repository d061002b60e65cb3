import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { LabelledMessage } from '../../../../lib/training/message.ts';

const LabelledFacets = LabelledMessage.extend({
  task_type: z.string(),
  domains: z.array(z.string()),
  /** Domains that a reasonable person could name too. */
  domains_also_ok: z.array(z.string()),
});

const PairPart = z.enum(['fitted', 'fitted_real', 'unseen']);

/** Two messages of which one asks for more. `fitted`, and `fitted_real` of messages as they come: the formula was fitted on it; roles and steps as labelled. */
const ComplexityPair = z.object({
  part: PairPart,
  harder: z.string(),
  easier: z.string(),
  harder_role: z.string().optional(),
  easier_role: z.string().optional(),
  harder_steps: z.array(z.string()).optional(),
  easier_steps: z.array(z.string()).optional(),
});

const linesOf = (name: string): readonly unknown[] =>
  readFileSync(new URL(name, import.meta.url), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

/** 300 messages with task type and domains; rules were tuned on those at even places. */
export const labelledFacets = linesOf('labelled-facets.jsonl').map((line) => LabelledFacets.parse(line));

export const complexityPairs = (part: z.output<typeof PairPart>) =>
  linesOf('complexity-pairs.jsonl')
    .map((line) => ComplexityPair.parse(line))
    .filter((pair) => pair.part === part);

/** What a message can do to a reader of 1 MiB. */
export const HUGE_MESSAGES: readonly string[] = [
  'a ',
  'x',
  '"',
  'a.',
  '\n',
  '- ',
  'review, then ',
  '```\n',
  '然后',
].map((piece) => piece.repeat(Math.ceil(2 ** 20 / piece.length)));

/** Times in ms that reading takes. */
export const millisecondsOf = (read: () => unknown): number => {
  const start = performance.now();
  read();
  return performance.now() - start;
};
