import { parseJson } from './analysis/find-json.ts';
import { type Material, type Piece, proseOf } from './analysis/find-material.ts';
import { code, fence } from './analysis/markdown.ts';
import { answerOffline, type OfflineWork } from './analysis/offline-answer.ts';
import { readOutline } from './analysis/read-outline.ts';
import { jsonTypes } from './code-generator/json-types.ts';
import { TESTED_LANGUAGES, testSkeleton } from './code-generator/test-skeleton.ts';
import { builtInEngine } from './engine.ts';
import { defineAgent, type Task } from './kit/define-agent.ts';

/** Longest generated source that is sent, in characters. */
const MAX_SOURCE = 200_000;

const LIMITS = [
  'anything but TypeScript types from JSON and test skeletons from signatures',
  'a check that one sample shows everything the real values can be',
];

/** A name that the request gives the type: `type Order`, "called Order", "an `Order` interface". */
const nameIn = (prose: string): string | undefined =>
  /\b(?:interface|type|called|named)\s+`?([A-Z]\w{0,59})/.exec(prose)?.[1] ?? /`([A-Z]\w{0,59})`/.exec(prose)?.[1];

const nameOf = (piece: Piece, prose: string, index: number): string =>
  piece.file?.replace(/^.*[\\/]/, '').replace(/\.\w+$/, '') ??
  `${nameIn(prose) ?? 'Root'}${index === 0 ? '' : index + 1}`;

const typesOf = (piece: Piece, prose: string, index: number): string[] => {
  const parsed = parseJson(piece.text);
  if (parsed === undefined) return [];
  const source = jsonTypes(parsed.value, nameOf(piece, prose, index));
  const title = `TypeScript types for ${piece.file === undefined ? 'the JSON sample' : code(piece.file)}:`;
  if (source.length > MAX_SOURCE)
    return [`${title} they would be longer than ${MAX_SOURCE} characters. Send a smaller sample.`];
  return [title, fence('ts', source)];
};

const testsOf = (piece: Piece): string[] => {
  const read = TESTED_LANGUAGES.includes(piece.language) ? readOutline(piece.text, piece.language) : undefined;
  const source = read && testSkeleton(read, piece.file);
  if (source === undefined) return [];
  const python = piece.language === 'python';
  return [
    `A ${python ? 'pytest' : 'vitest'} skeleton${piece.file === undefined ? '' : ` for ${code(piece.file)}`}; the first test of each function fails until you say what it expects:`,
    fence(python ? 'python' : 'ts', source),
  ];
};

const work = ({ pieces }: Material, task: Task): OfflineWork | undefined => {
  const prose = proseOf(task.message);
  const samples = pieces.filter(({ kind }) => kind === 'json');
  const tests = pieces.filter(({ kind }) => kind === 'code').flatMap(testsOf);
  const types = samples.flatMap((piece, index) => typesOf(piece, prose, index));
  const sections = /\btests?\b/i.test(prose) && tests.length > 0 ? tests : types.length > 0 ? types : tests;
  return sections.length === 0 ? undefined : { sections, limits: LIMITS };
};

/** Generates TypeScript types from JSON samples and test skeletons from signatures. */
export const handler = defineAgent({
  role: 'code_generator',
  engine: builtInEngine(process.env),
  answer: answerOffline({
    role: 'code_generator',
    kinds: ['json', 'code'],
    question:
      'What shall I generate from? Without a language model I make TypeScript types from a JSON sample, or a test skeleton (vitest, pytest) from TypeScript, JavaScript or Python functions: paste one of them.',
    work,
  }),
});
