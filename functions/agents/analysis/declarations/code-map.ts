import type { MaskedCode } from '../mask-code.ts';

/** Longest parameter list or type that is read, in characters: bounds the work on code that never closes one. */
const MAX_SPAN = 2_000;

/** Masked code with its lines and bracket pairs looked up in constant time. */
export interface CodeMap extends MaskedCode {
  /** 1-based. */
  lineAt(position: number): number;
  /** Position of the bracket that closes the one at `position`, or -1. */
  closeOf(position: number): number;
}

const OPENING: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

/** Pairs each closing bracket with its own kind: what stayed open in between is given up. */
const findClosings = (code: string): ReadonlyMap<number, number> => {
  const closings = new Map<number, number>();
  const open: number[] = [];
  const openOfKind: Record<string, number> = { '(': 0, '[': 0, '{': 0 };
  const count = (kind: string, by: number) => {
    openOfKind[kind] = (openOfKind[kind] ?? 0) + by;
  };
  for (let at = 0; at < code.length; at += 1) {
    const character = code[at] ?? '';
    if (character === '(' || character === '[' || character === '{') {
      open.push(at);
      count(character, 1);
    }
    const opener = OPENING[character];
    if (opener === undefined || openOfKind[opener] === 0) continue;
    for (let last = open.pop(); last !== undefined; last = open.pop()) {
      const kind = code[last] ?? '';
      count(kind, -1);
      if (kind !== opener) continue;
      closings.set(last, at);
      break;
    }
  }
  return closings;
};

export const mapCode = (masked: MaskedCode): CodeMap => {
  const breaks: number[] = [];
  for (let at = masked.code.indexOf('\n'); at >= 0; at = masked.code.indexOf('\n', at + 1)) breaks.push(at);
  const closings = findClosings(masked.code);
  const lineAt = (position: number): number => {
    let [low, high] = [0, breaks.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((breaks[middle] ?? 0) < position) low = middle + 1;
      else high = middle;
    }
    return low + 1;
  };
  return { ...masked, lineAt, closeOf: (position) => closings.get(position) ?? -1 };
};

/** A stretch of code, with its positions. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** The stretch between the bracket at `open` and the one that closes it; undefined if it never closes or is too long. */
export const insideOf = (map: CodeMap, open: number): Span | undefined => {
  const close = map.closeOf(open);
  return close < 0 || close - open > MAX_SPAN ? undefined : { from: open + 1, to: close };
};

/** Splits a stretch at `separator` where no bracket is open; `<` and `>` count as brackets. Blank parts are left out. */
export const splitAt = (map: CodeMap, span: Span, separator: string): Span[] => {
  const parts: Span[] = [];
  let depth = 0;
  let from = span.from;
  const finish = (to: number) => {
    if (map.text.slice(from, to).trim() !== '') parts.push({ from, to });
    from = to + 1;
  };
  for (let at = span.from; at < span.to; at += 1) {
    const character = map.code[at] ?? '';
    const arrow = map.code[at - 1] === '=' || map.code[at - 1] === '-' || map.code[at + 1] === '-';
    if ('([{'.includes(character) || (character === '<' && !arrow)) depth += 1;
    else if (')]}'.includes(character) || (character === '>' && !arrow)) depth = Math.max(0, depth - 1);
    else if (character === separator && depth === 0) finish(at);
  }
  finish(span.to);
  return parts;
};

/** The source of a stretch on one line, without comments. */
export const sourceOf = (map: CodeMap, span: Span): string => {
  const comments = map.comments.slice(span.from, span.to);
  const text = map.text.slice(span.from, span.to);
  const source = comments.trim() === '' ? text : [...text].map((c, at) => (comments[at] === ' ' ? c : ' ')).join('');
  return source.trim().replace(/\s+/g, ' ');
};

/** First position from `from` that is not white space. */
export const skipBlank = (map: CodeMap, from: number): number => {
  let at = from;
  while (at < map.code.length && /\s/.test(map.code[at] ?? '')) at += 1;
  return at;
};

/**
 * The brackets that stand directly in a stretch, not inside one another, in order. `header` is the code before one,
 * back to the last `;`, `}` or the stretch's start, at most 400 characters.
 */
export function* bracketsIn(map: CodeMap, span: Span): Generator<{ at: number; close: number; header: Span }> {
  let from = span.from;
  for (let at = span.from; at < span.to; at += 1) {
    const character = map.code[at];
    if (character === ';') from = at + 1;
    if (character !== '(' && character !== '{' && character !== '[') continue;
    const close = map.closeOf(at);
    if (close < 0 || close > span.to) continue;
    const header = { from: Math.max(skipBlank(map, from), at - 400), to: at };
    yield { at, close, header };
    const decorates = character === '(' && /^(?:@[\w.]+\s*){1,6}$/.test(map.code.slice(header.from, at));
    if (character === '{' || decorates) from = close + 1;
    at = close;
  }
}
