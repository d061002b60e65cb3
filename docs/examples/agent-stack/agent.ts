import { defineAgent, type Task } from '../../../functions/agents/kit/define-agent.ts';

/** One commit as https://www.conventionalcommits.org says it. */
interface Commit {
  readonly type: string;
  readonly scope: string | undefined;
  readonly isBreaking: boolean;
  readonly subject: string;
}

/** Headings in the order of the changelog, each with the commits that it takes. */
const SECTIONS: readonly (readonly [string, (commit: Commit) => boolean])[] = [
  ['Breaking changes', ({ isBreaking }) => isBreaking],
  ['Added', ({ type }) => type === 'feat'],
  ['Fixed', ({ type }) => type === 'fix'],
  ['Faster', ({ type }) => type === 'perf'],
  ['Reverted', ({ type }) => type === 'revert'],
];

const MAX_LINES = 5_000;

/** A line of `git log --oneline`, a list or a plain subject: `a1b2c3d feat(api)!: page through lists`. */
const COMMIT = /^\s{0,8}(?:[-*] )?(?:[0-9a-f]{7,40} )?([a-z]{2,12})(?:\(([^()]{1,60})\))?(!)?: (\S.{0,300})$/;
const BREAKING = /^\s{0,8}BREAKING[ -]CHANGE: (\S.{0,300})$/;

const readLine = (line: string): readonly Commit[] => {
  const [, note] = BREAKING.exec(line) ?? [];
  if (note !== undefined) return [{ type: 'note', scope: undefined, isBreaking: true, subject: note }];
  const [, type, scope, bang, subject] = COMMIT.exec(line) ?? [];
  return type === undefined || subject === undefined ? [] : [{ type, scope, isBreaking: bang === '!', subject }];
};

const entry = ({ scope, subject }: Commit): string =>
  `- ${scope === undefined ? '' : `**${scope}:** `}${subject.trimEnd()}`;

const changelog = (commits: readonly Commit[]): string => {
  const left = new Set(commits);
  const sections = SECTIONS.flatMap(([heading, takes]) => {
    const taken = commits.filter((commit) => left.has(commit) && takes(commit));
    for (const commit of taken) left.delete(commit);
    return taken.length === 0 ? [] : [`### ${heading}\n\n${taken.map(entry).join('\n')}`];
  });
  const notes = left.size === 0 ? [] : [`Left out, since users do not notice them: ${left.size}.`];
  return ['## Unreleased', ...sections, ...notes].join('\n\n');
};

const answer = ({ message, attachments }: Task) => {
  const lines = [message, ...attachments.map(({ content }) => content)].join('\n').split('\n', MAX_LINES);
  const commits = lines.flatMap(readLine);
  if (commits.length === 0)
    return {
      content: 'Paste the output of `git log --oneline` with conventional commits, such as `fix(api): page twice`.',
      status: 'needs_input',
    };
  return { content: changelog(commits), status: 'completed', metadata: { commits: commits.length } };
};

/** Writes a changelog from conventional commits. */
export const handler = defineAgent({ role: 'documentation', engine: 'rules', answer });
