import { headingOf } from './analysis/describe-piece.ts';
import type { Material, Piece } from './analysis/find-material.ts';
import { bullets, code, count } from './analysis/markdown.ts';
import { answerOffline, type OfflineWork } from './analysis/offline-answer.ts';
import { readDiff } from './analysis/read-diff.ts';
import { CHECKS, reviewCode, reviewHunk } from './code-reviewer/review-code.ts';
import type { Finding } from './code-reviewer/rule.ts';
import { builtInEngine } from './engine.ts';
import { defineAgent } from './kit/define-agent.ts';

/** What was found in one file, block or diffed file. */
interface Reviewed {
  readonly heading: string;
  readonly file: string | null;
  readonly findings: readonly Finding[];
}

/** Most findings in `metadata.findings`; the text lists as many. */
const MAX_FINDINGS = 200;

const reviewDiff = (piece: Piece): Reviewed[] => {
  const files = new Map<string, Finding[]>();
  for (const hunk of readDiff(piece.text) ?? [])
    files.set(hunk.file, [...(files.get(hunk.file) ?? []), ...reviewHunk(hunk)]);
  return [...files].map(([file, findings]) => ({
    heading: `### ${file === '' ? 'The diff' : code(file)} (added lines, numbered as in the new file)`,
    file: file || null,
    findings,
  }));
};

const review = (piece: Piece, index: number, total: number): Reviewed[] =>
  piece.kind === 'diff'
    ? reviewDiff(piece)
    : [
        {
          heading: headingOf(piece, index, total),
          file: piece.file ?? null,
          findings: reviewCode(piece.text, piece.language),
        },
      ];

const render = ({ heading, findings }: Reviewed): string => {
  const items = findings.map(
    ({ severity, id, line, reason }) => `**${severity}** ${code(id)}, line ${line}: ${reason}`,
  );
  return `${heading}\n\n${items.length === 0 ? 'None of my checks found anything here.' : bullets(items, MAX_FINDINGS)}`;
};

const work = ({ pieces }: Material): OfflineWork | undefined => {
  if (pieces.length === 0) return undefined;
  const reviewed = pieces.flatMap((piece, index) => review(piece, index, pieces.length));
  const findings = reviewed.flatMap(({ file, findings: found }) =>
    found.map(({ id, severity, line }) => ({ id, severity, line, file })),
  );
  const verdict = `${count(findings.length, 'finding')} by ${CHECKS.length} fixed checks: ${CHECKS.join(', ')}. No finding is no approval.`;
  return {
    sections: [
      verdict,
      ...reviewed.slice(0, 100).map(render),
      ...(reviewed.length > 100 ? [`… and ${reviewed.length - 100} more files`] : []),
    ],
    limits: ['a judgement of design, naming and tests', 'a check that the code does what it should', 'an approval'],
    metadata: { findings: findings.slice(0, MAX_FINDINGS), finding_count: findings.length },
  };
};

/** Checks code, or the added lines of a diff, against a list of known mistakes. */
export const handler = defineAgent({
  role: 'code_reviewer',
  engine: builtInEngine(process.env),
  answer: answerOffline({
    role: 'code_reviewer',
    kinds: ['diff', 'code'],
    question:
      'What shall I review? Paste the code or a unified diff, or attach the file. Without a language model I cannot fetch a pull request.',
    work,
  }),
});
