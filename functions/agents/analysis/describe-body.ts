import type { CodeMap } from './declarations/code-map.ts';
import type { Declaration } from './declarations/declaration.ts';
import type { ReadCode } from './read-outline.ts';

/** What a function's own body does, functions inside it left out. */
export interface BodyFacts {
  readonly returnsValue: boolean;
  readonly yields: boolean;
  /** Names of the exceptions that it raises itself. */
  readonly raises: readonly string[];
}

/** Longest body that is looked into, in characters. */
const MAX_BODY = 50_000;

/** Stretches of nested functions: declared ones, and in braces languages those behind an arrow or `function`. */
const nestedIn = (map: CodeMap, declarations: readonly Declaration[], outer: Declaration): [number, number][] => {
  const declared = declarations
    .filter(({ start, end }) => start > outer.signatureEnd && end <= outer.end)
    .map(({ start, end }): [number, number] => [start, end]);
  const body = map.code.slice(outer.signatureEnd, Math.min(outer.end, outer.signatureEnd + MAX_BODY));
  const own = body.indexOf('{');
  const anonymous = [...body.matchAll(/=>\s{0,20}\{|\bfunc(?:tion)?\b[^{}]{0,300}\{/g)].flatMap(
    (match): [number, number][] => {
      const open = outer.signatureEnd + match.index + match[0].length - 1;
      const close = map.closeOf(open);
      return close < 0 || open === outer.signatureEnd + own ? [] : [[open, close]];
    },
  );
  return [...declared, ...anonymous].sort((a, b) => a[0] - b[0]);
};

const ownBody = ({ map, declarations }: ReadCode, outer: Declaration): string => {
  const end = Math.min(outer.end, outer.signatureEnd + MAX_BODY);
  let body = '';
  let from = outer.signatureEnd;
  for (const [start, stop] of nestedIn(map, declarations, outer)) {
    if (start < from || start > end) continue;
    body += map.code.slice(from, start);
    from = stop;
  }
  return body + map.code.slice(from, end);
};

/** What the body of a declared function returns, yields and raises. */
export const describeBody = (read: ReadCode, declaration: Declaration): BodyFacts => {
  const body = ownBody(read, declaration);
  const raised = [...body.matchAll(/\b(?:throw\s+new|raise)\s+([A-Za-z_][\w.]*)/g)].map((match) => match[1] ?? '');
  return {
    returnsValue: /\breturn[ \t]+(?!None\b[ \t]*$)[^\s;}]/m.test(body) || /^\s*=>\s*[^\s{]/.test(body),
    yields: /\byield\b/.test(body),
    raises: [...new Set(raised)].slice(0, 10),
  };
};
