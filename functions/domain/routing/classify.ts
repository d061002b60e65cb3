import type { KeywordPolicy, KeywordRule } from './keyword-policy.ts';

/** What routing looks at. */
export interface Subject {
  readonly message: string;
  readonly attachments: readonly { readonly name: string; readonly content: string }[];
  /** Role of the agent that gave the conversation's last answer. */
  readonly previousRole?: string | undefined;
}

export interface Classification {
  /** A role, or `none`. */
  readonly role: string;
  /** Task of the rule that weighed most; `unknown` if none did. */
  readonly taskType: string;
  /** In [0, 1]: the role's share of all points, damped while there are few. */
  readonly confidence: number;
  /** False when nothing in the message spoke for the role and it is only the default. */
  readonly sure: boolean;
  /** What spoke for each role; a role without any is not in it. */
  readonly points: ReadonlyMap<string, number>;
  readonly reasons: readonly string[];
  /** File extensions and languages of fences, lower case. */
  readonly domains: readonly string[];
}

/** Characters that are looked at from the start of a text and again from its end: reading is bounded for any input. */
const READ_CHARACTERS = 16_384;

const bounded = (text: string): string =>
  text.length <= 2 * READ_CHARACTERS ? text : `${text.slice(0, READ_CHARACTERS)}\n${text.slice(-READ_CHARACTERS)}`;

const CODE_START =
  /^\s*(at |[@{}()[\]<>;#/*+-]|import |from |def |class |function |const |let |var |public |private |return |if |for |\w+\(|Traceback|\S+Error: |\S+Exception: )/;
const CODE_END = /[;{}]\s*$/;
/** Words first: `Make types of this: {"a": 1}` is said and pasted in one line. */
const SENTENCE_START = /^\s*[A-Za-z']+ [A-Za-z']+ [A-Za-z',:]+/;

/** Splits a text into what the caller says and what they pasted: fenced blocks and lines that look like code. */
const split = (text: string): { prose: string; pasted: string } => {
  const prose: string[] = [];
  const pasted: string[] = [];
  let fenced = false;
  for (const line of text.split('\n')) {
    const fence = line.trimStart().startsWith('```');
    if (fence) fenced = !fenced;
    const isPasted = fence || fenced || CODE_START.test(line);
    if (isPasted || CODE_END.test(line)) pasted.push(line);
    if (!isPasted && (SENTENCE_START.test(line) || !CODE_END.test(line))) prose.push(line);
  }
  return { prose: prose.join('\n'), pasted: pasted.join('\n') };
};

const domainsOf = (subject: Subject, text: string): readonly string[] => {
  const found = new Set<string>();
  for (const { name } of subject.attachments) {
    const extension = /\.([A-Za-z0-9]{1,8})$/.exec(name)?.[1];
    if (extension !== undefined) found.add(extension.toLowerCase());
  }
  for (const [, language] of text.matchAll(/^ {0,3}```([A-Za-z0-9+#-]{1,20})/gm))
    if (language !== undefined) found.add(language.toLowerCase());
  return [...found].slice(0, 16);
};

/** Why a message without material is for no role; undefined if it may be for one. */
const reasonAgainst = (
  prose: string,
  matched: readonly KeywordRule[],
  followsAnAnswer: boolean,
  policy: KeywordPolicy,
): string | undefined => {
  if (matched.every(({ task }) => policy.everydayTasks.includes(task)) && policy.smallTalk.test(prose))
    return 'small talk';
  const isShort = prose.trim().length <= policy.shortCharacters;
  if (matched.length === 0 && isShort && !followsAnAnswer && !policy.software.test(prose))
    return 'nothing about software';
  return undefined;
};

/** Judges a message by the policy's rules. Pure; linear in at most 32,768 characters of each text. */
export const classify = (subject: Subject, policy: KeywordPolicy): Classification => {
  const text = bounded(subject.message);
  const { prose, pasted } = split(text);
  const material = [pasted, ...subject.attachments.slice(0, 8).map(({ content }) => bounded(content))].join('\n');
  const domains = domainsOf(subject, text);

  const points = new Map<string, number>();
  const matched = policy.rules.filter((rule) => rule.pattern.test(rule.in === 'prose' ? prose : material));
  for (const { role, weight } of matched) points.set(role, (points.get(role) ?? 0) + weight);

  const hasMaterial = pasted.trim() !== '' || subject.attachments.length > 0;
  const { previousRole } = subject;
  const outOfScope = hasMaterial ? undefined : reasonAgainst(prose, matched, previousRole !== undefined, policy);
  if (outOfScope !== undefined)
    return { role: 'none', taskType: 'none', confidence: 0.6, sure: true, points, reasons: [outOfScope], domains };
  const followsUp = previousRole !== undefined && policy.followUp.test(prose);
  if (followsUp) points.set(previousRole, (points.get(previousRole) ?? 0) + policy.followUpWeight);

  const [best, second] = [...points].sort(([, left], [, right]) => right - left);
  if (best === undefined || best[1] < policy.minScore) {
    const role = previousRole ?? policy.defaultRole;
    const reasons = ['no rule recognised the message'];
    return { role, taskType: 'unknown', confidence: 0.2, sure: false, points, reasons, domains };
  }
  const [role, score] = best;
  const mine = matched.filter((rule) => rule.role === role).sort((left, right) => right.weight - left.weight);
  return {
    role,
    taskType: mine[0]?.task ?? 'follow_up',
    confidence: score / (score + (second?.[1] ?? 0) + 1),
    sure: true,
    points,
    reasons: [
      ...mine.map(({ name }) => name),
      ...(followsUp && role === previousRole ? [`follows up on ${previousRole}`] : []),
    ],
    domains,
  };
};
