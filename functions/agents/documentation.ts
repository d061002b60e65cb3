import type { Declaration } from './analysis/declarations/declaration.ts';
import { headingOf, READ_LANGUAGES } from './analysis/describe-piece.ts';
import { type Material, type Piece, proseOf } from './analysis/find-material.ts';
import { fence } from './analysis/markdown.ts';
import { answerOffline, type OfflineWork } from './analysis/offline-answer.ts';
import { readOutline } from './analysis/read-outline.ts';
import { docComment } from './documentation/doc-comment.ts';
import { readme } from './documentation/readme.ts';
import { builtInEngine } from './engine.ts';
import { defineAgent, type Task } from './kit/define-agent.ts';

/** Most declarations of one piece that get a skeleton. */
const MAX_SKELETONS = 50;

/** Without the functions that stand inside another: nobody calls them from outside. Sorted by start, as read. */
const outermost = (functions: readonly Declaration[]): Declaration[] => {
  let end = -1;
  return functions.filter((each) => {
    const inside = each.start < end;
    if (!inside) end = each.end;
    return !inside;
  });
};

const skeletons = (piece: Piece, index: number, total: number): string => {
  const heading = headingOf(piece, index, total);
  const read = readOutline(piece.text, piece.language);
  if (read === undefined) return `${heading}\n\nI document ${READ_LANGUAGES} only.`;
  const callable = outermost(read.declarations.filter(({ kind }) => kind === 'function' || kind === 'method'));
  const documented = callable.length > 0 ? callable : read.declarations;
  if (documented.length === 0) return `${heading}\n\nIt declares nothing that could be documented.`;
  const blocks = documented.slice(0, MAX_SKELETONS).map((declaration) => docComment(read, declaration));
  const left = documented.length - blocks.length;
  return [
    heading,
    fence(piece.language, blocks.join('\n\n')),
    ...(left > 0 ? [`… and ${left} more without a skeleton.`] : []),
  ].join('\n\n');
};

const work = ({ pieces }: Material, task: Task): OfflineWork | undefined => {
  const prose = proseOf(task.message);
  if (/\breadme\b/i.test(prose))
    return {
      sections: ['A README skeleton from what you sent:', fence('markdown', readme(pieces, prose))],
      limits: [
        'the descriptions and the example, which are yours to fill in',
        'a look at the repository: only what was sent is used',
      ],
    };
  const sources = pieces.filter(({ kind }) => kind === 'code');
  if (sources.length === 0) return undefined;
  return {
    sections: sources.map((piece, index) => skeletons(piece, index, sources.length)),
    limits: ['the descriptions, which are yours to fill in', 'a check that names and behaviour agree'],
  };
};

/** Makes documentation skeletons: comments for what is declared, or a README. */
export const handler = defineAgent({
  role: 'documentation',
  engine: builtInEngine(process.env),
  answer: answerOffline({
    role: 'documentation',
    kinds: ['code', 'json'],
    question:
      'What shall I document? Paste the code or its signatures, or ask for a README and attach package.json and the main source file. Without a language model I make skeletons of what you send.',
    work,
  }),
});
