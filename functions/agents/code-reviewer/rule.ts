import type { Language } from '../analysis/language-of.ts';
import type { MaskedCode } from '../analysis/mask-code.ts';

type Severity = 'critical' | 'high' | 'medium' | 'low' | 'info';

/** One check of the reviewer. */
export interface Rule {
  readonly id: string;
  readonly severity: Severity;
  /** Why it matters and what to do instead. */
  readonly reason: string;
  /** @default - every language */
  readonly languages?: readonly Language[];
  /** Positions in the text where the rule is broken. */
  readonly find: (masked: MaskedCode) => Iterable<number>;
}

export interface Finding {
  readonly id: string;
  readonly severity: Severity;
  readonly reason: string;
  /** 1-based. */
  readonly line: number;
}

/** Longest line that is looked at whole; of longer ones (minified code, data) the start is. */
const MAX_LINE = 1_000;

function* linesOf(text: string): Generator<{ line: string; at: number }> {
  let at = 0;
  for (const line of text.split('\n')) {
    yield { line: line.slice(0, MAX_LINE), at };
    at += line.length + 1;
  }
}

/** Finds the first match of `pattern` on each line of one view of the code. */
export const onLines = (view: 'code' | 'comments' | 'text', pattern: RegExp) =>
  function* (masked: MaskedCode): Generator<number> {
    for (const { line, at } of linesOf(masked[view])) {
      const found = line.search(pattern);
      if (found >= 0) yield at + found;
    }
  };

/** A string literal: its quote's position, its content, and where the code goes on. */
export interface StringLiteral {
  readonly at: number;
  readonly content: string;
  readonly end: number;
}

/** The literal whose opening quote stands at `at`; its content cut after 2,000 characters. */
export const literalAt = ({ code, text }: MaskedCode, at: number): StringLiteral | undefined => {
  const quote = code[at] ?? '';
  if (!/["'`]/.test(quote)) return undefined;
  const width = code.startsWith(quote.repeat(3), at) ? 3 : 1;
  const close = code.indexOf(quote, at + width);
  if (close < 0) return undefined;
  return { at, content: text.slice(at + width, Math.min(close, at + 2_000)), end: close + width };
};
