import { mapCode } from '../analysis/declarations/code-map.ts';
import { type Language, languageOf, languageOfFile } from '../analysis/language-of.ts';
import { maskCode } from '../analysis/mask-code.ts';
import type { Hunk } from '../analysis/read-diff.ts';
import { QUALITY_RULES } from './quality-rules.ts';
import type { Finding } from './rule.ts';
import { SECURITY_RULES } from './security-rules.ts';

const RULES = [...SECURITY_RULES, ...QUALITY_RULES];

/** Ids of everything that is looked for. */
export const CHECKS: readonly string[] = [...new Set(RULES.map(({ id }) => id))];

/** Findings in a piece of code, by line; one per rule and line. */
export const reviewCode = (text: string, language: Language): Finding[] => {
  const map = mapCode(maskCode(text, language));
  const findings = new Map<string, Finding>();
  for (const { id, severity, reason, languages, find } of RULES) {
    if (languages !== undefined && !languages.includes(language)) continue;
    for (const at of find(map)) {
      const line = map.lineAt(at);
      findings.set(`${id} ${line}`, { id, severity, reason, line });
    }
  }
  return [...findings.values()].sort((a, b) => a.line - b.line);
};

/** A hunk can begin inside a block comment: what stands before its end is blanked. */
const withoutCommentTail = (text: string): string => {
  const close = text.indexOf('*/');
  const open = text.indexOf('/*');
  return close < 0 || (open >= 0 && open < close)
    ? text
    : text.slice(0, close + 2).replace(/[^\n]/g, ' ') + text.slice(close + 2);
};

/** Findings on the added lines of a hunk, by line of the new file. */
export const reviewHunk = ({ file, lines }: Hunk): Finding[] => {
  const text = withoutCommentTail(lines.map((line) => line.text).join('\n'));
  return reviewCode(text, languageOfFile(file) ?? languageOf(text)).flatMap((finding) => {
    const line = lines[finding.line - 1];
    return line?.added ? [{ ...finding, line: line.line }] : [];
  });
};
