import type { Declaration } from './analysis/declarations/declaration.ts';
import { headingOf, READ_LANGUAGES } from './analysis/describe-piece.ts';
import type { Material, Piece } from './analysis/find-material.ts';
import { bullets, code, count } from './analysis/markdown.ts';
import { answerOffline, type OfflineWork } from './analysis/offline-answer.ts';
import { readCalls } from './analysis/read-calls.ts';
import { type ReadCode, readOutline } from './analysis/read-outline.ts';
import { builtInEngine } from './engine.ts';
import { defineAgent } from './kit/define-agent.ts';

const fullName = ({ owner, name }: Declaration): string => (owner === undefined ? name : `${owner}.${name}`);

const describe = (declaration: Declaration): string => {
  const { kind, parameters, line, exported, async } = declaration;
  const callable = kind === 'function' || kind === 'method';
  const list = callable ? `(${parameters.map(({ rest, name }) => `${rest}${name}`).join(', ')})` : '';
  const traits = [async ? 'async' : '', exported ? 'public' : ''].filter((trait) => trait !== '');
  return `${code(fullName(declaration) + list)}: ${[...traits, kind].join(' ')}, line ${line}`;
};

const callsOf = (read: ReadCode): string[] =>
  [...readCalls(read)].map(
    ([caller, callees]) =>
      `${code(fullName(caller))} calls ${[...callees]
        .slice(0, 20)
        .map((callee) => code(fullName(callee)))
        .join(', ')}`,
  );

const analyze = (piece: Piece, index: number, total: number): string => {
  const heading = headingOf(piece, index, total);
  const read = readOutline(piece.text, piece.language);
  if (read === undefined)
    return `${heading}\n\nI read the structure of ${READ_LANGUAGES} only, so I can say nothing more about it.`;
  const { imports, declarations } = read;
  const functions = declarations.filter(({ kind }) => kind === 'function' || kind === 'method');
  const counts = [
    count(imports.length, 'import'),
    count(functions.length, 'function or method', 'functions and methods'),
    count(declarations.length - functions.length, 'type'),
  ];
  const calls = callsOf(read);
  const lists = [
    ['Imports', imports.map(({ module, line }) => `${code(module)}, line ${line}`)],
    ['Functions, classes and types', declarations.map(describe)],
    ['Calls within this code', calls],
  ] as const;
  const parts = lists
    .filter(([, items]) => items.length > 0)
    .map(([title, items]) => `**${title}**\n\n${bullets(items)}`);
  return [heading, `${counts.join(', ')}. Line 1 is the first line of this code.`, ...parts].join('\n\n');
};

const work = ({ pieces }: Material): OfflineWork | undefined =>
  pieces.length === 0
    ? undefined
    : {
        sections: pieces.map((piece, index) => analyze(piece, index, pieces.length)),
        limits: [
          'what the code is for and why it is built this way',
          'calls on other objects and into other files',
          'data flow, architecture and impact of a change',
        ],
      };

/** Names the imports, functions, classes and calls of the code it is given. */
export const handler = defineAgent({
  role: 'context_analyzer',
  engine: builtInEngine(process.env),
  answer: answerOffline({
    role: 'context_analyzer',
    kinds: ['code'],
    question:
      'Which code shall I analyze? Paste it in a fenced block or attach the file. Without a language model I can read pasted code only.',
    work,
  }),
});
