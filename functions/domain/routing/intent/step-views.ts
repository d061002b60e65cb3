import { signsOf } from './clause-signs.ts';
import { clausesOf } from './clauses.ts';
import type { FindConcepts } from './concepts.ts';
import type { MessageView } from './message-view.ts';

const WORK = new Set(['review', 'document', 'explain', 'repair', 'produce']);

/** What the model of steps reads: each clause and the whole message, both with what their clauses' signs say. */
export interface StepViews {
  readonly clauses: readonly MessageView[];
  readonly whole: MessageView;
}

const placeOf = (index: number, count: number): string => {
  if (index === 0) return 'first';
  return index === count - 1 ? 'last' : 'inner';
};
const crowdOf = (count: number): string => (count === 1 ? 'single' : count < 4 ? 'few' : 'many');

interface Clause {
  readonly text: string;
  readonly work: readonly string[];
  readonly order: readonly string[];
}

const readClause = (text: string): Clause => {
  const signs = signsOf(text);
  return { text, work: signs.filter((sign) => WORK.has(sign)), order: signs.filter((sign) => !WORK.has(sign)) };
};

const factsOfClause = (clauses: readonly Clause[], index: number): readonly string[] => {
  const { work, order } = clauses[index] ?? { work: [], order: [] };
  const before = index === 0 ? ['start'] : (clauses[index - 1]?.work ?? []);
  return [
    placeOf(index, clauses.length),
    crowdOf(clauses.length),
    ...work.map((sign) => `#${sign}`),
    ...order.map((sign) => `#${sign}`),
    `#${work.join('+')}`,
    ...order.flatMap((sign) => work.map((kind) => `${sign}*${kind}`)),
    ...work.flatMap((kind) => before.map((other) => `${other}>${kind}`)),
  ];
};

/** Kinds of work named one after the other, and words that order them. */
const factsOfWhole = (clauses: readonly Clause[]): readonly string[] => {
  const kinds = new Set(clauses.flatMap(({ work }) => work));
  const orders = new Set(clauses.flatMap(({ order }) => order));
  const later = clauses.slice(1).some(({ order }) => order.includes('next') || order.includes('last'));
  const facts = new Set([`kinds${kinds.size}`, `kinds${kinds.size}${later ? 'later' : ''}`]);
  facts.add(`clauses${Math.min(6, clauses.length)}`);
  if (later) facts.add('later');
  for (const kind of kinds) facts.add(`#${kind}`);
  for (const order of orders) facts.add(`#${order}`).add(`kinds${kinds.size}${order}`);
  const seen = new Set<string>();
  for (const [index, { work, order }] of clauses.entries()) {
    for (const kind of work) for (const other of seen) if (other !== kind) facts.add(`${other}>${kind}`);
    for (const kind of work) seen.add(kind);
    const turning = ['before', 'first', 'once'].find((sign) => order.includes(sign));
    if (turning !== undefined) facts.add(`${turning}@${index === 0 ? 'first' : 'inner'}`);
  }
  return [...facts];
};

/** Takes a message apart for the model of steps. The facts stand where a view has extensions of files. */
export const stepViewsOf = (view: MessageView, findConcepts: FindConcepts): StepViews => {
  const hasConcepts = view.concepts !== undefined && view.concepts.length > 0;
  const clauses = clausesOf(view.text, !hasConcepts).map(readClause);
  return {
    clauses: clauses.map(({ text }, index) => ({
      text,
      sentences: [text],
      extensions: factsOfClause(clauses, index),
      previousRole: index === 0 ? view.previousRole : undefined,
      concepts: hasConcepts ? findConcepts(text) : [],
    })),
    whole: { ...view, extensions: [...view.extensions, ...factsOfWhole(clauses)] },
  };
};
