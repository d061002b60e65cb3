import type { Language } from './language-of.ts';

/** The same text three times, position for position; what does not belong to a view is blank. */
export interface MaskedCode {
  readonly text: string;
  /** Without comments and without what stands inside string, template and regex literals. */
  readonly code: string;
  /** Comments only. */
  readonly comments: string;
}

interface Literal {
  readonly kind: 'comment' | 'string';
  /** Position behind the literal. */
  readonly end: number;
  /** Length of the quotes, which stay visible in `code`. */
  readonly quote: number;
}

const HASH_COMMENTS: ReadonlySet<Language> = new Set(['python', 'ruby', 'shell', 'yaml']);
const TRIPLE_QUOTES: ReadonlySet<Language> = new Set(['python', 'java', 'kotlin']);
const SCRIPT: ReadonlySet<Language> = new Set(['typescript', 'javascript']);
const SINGLE_IS_CHARACTER: ReadonlySet<Language> = new Set(['rust']);

const endOfLine = (text: string, from: number): number => {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
};

const behind = (text: string, mark: string, from: number): number => {
  const at = text.indexOf(mark, from);
  return at < 0 ? text.length : at + mark.length;
};

/** Position behind the closing `quote`; a one-line literal that is not closed ends with its line. */
const endOfQuoted = (text: string, from: number, quote: string, multiline: boolean, escapes: boolean): number => {
  for (let at = from; at < text.length; at += 1) {
    if (escapes && text[at] === '\\') at += 1;
    else if (text.startsWith(quote, at)) return at + quote.length;
    else if (!multiline && text[at] === '\n') return at;
  }
  return text.length;
};

/** Position behind a JavaScript template, whose expressions can hold braces and templates again. */
const endOfTemplate = (text: string, from: number): number => {
  const TEMPLATE = -1;
  /** Innermost last: a template, or the open braces of an expression. */
  const open = [TEMPLATE];
  for (let at = from; at < text.length; at += 1) {
    const inner = open.at(-1) ?? TEMPLATE;
    const character = text[at];
    if (character === '\\') at += 1;
    else if (character === '`' && inner !== TEMPLATE) open.push(TEMPLATE);
    else if (character === '`') {
      open.pop();
      if (open.length === 0) return at + 1;
    } else if (inner === TEMPLATE) {
      if (character === '$' && text[at + 1] === '{') {
        open.push(0);
        at += 1;
      }
    } else if (character === '"' || character === "'") at = endOfQuoted(text, at + 1, character, false, true) - 1;
    else if (character === '{') open[open.length - 1] = inner + 1;
    else if (character === '}' && inner > 0) open[open.length - 1] = inner - 1;
    else if (character === '}') open.pop();
  }
  return text.length;
};

/** Longest regex literal that is recognized: bounds the time spent on text that only looks like one. */
const MAX_REGEX = 1_000;

/** Position behind a regex literal, or -1 when the slash divides: no regex fits on the line. */
const endOfRegex = (text: string, from: number): number => {
  let inClass = false;
  for (let at = from + 1; at < Math.min(text.length, from + MAX_REGEX) && text[at] !== '\n'; at += 1) {
    const character = text[at];
    if (character === '\\') at += 1;
    else if (character === '[') inClass = true;
    else if (character === ']') inClass = false;
    else if (character === '/' && !inClass) return at + 1;
  }
  return -1;
};

const commentAt = (text: string, at: number, language: Language): Literal | undefined => {
  const character = text[at];
  if (HASH_COMMENTS.has(language))
    return character === '#' ? { kind: 'comment', end: endOfLine(text, at), quote: 0 } : undefined;
  if (character === '-' && text[at + 1] === '-' && language === 'sql')
    return { kind: 'comment', end: endOfLine(text, at), quote: 0 };
  if (character === '#' && language === 'php') return { kind: 'comment', end: endOfLine(text, at), quote: 0 };
  if (character !== '/') return undefined;
  if (text[at + 1] === '/') return { kind: 'comment', end: endOfLine(text, at), quote: 0 };
  return text[at + 1] === '*' ? { kind: 'comment', end: behind(text, '*/', at + 2), quote: 0 } : undefined;
};

const stringAt = (text: string, at: number, language: Language): Literal | undefined => {
  const character = text[at];
  if (character === '`' && SCRIPT.has(language)) return { kind: 'string', end: endOfTemplate(text, at + 1), quote: 1 };
  if (character === '`' && (language === 'go' || language === 'other'))
    return { kind: 'string', end: behind(text, '`', at + 1), quote: 1 };
  if (character !== '"' && character !== "'") return undefined;
  const triple = character.repeat(3);
  if (TRIPLE_QUOTES.has(language) && text.startsWith(triple, at))
    return { kind: 'string', end: endOfQuoted(text, at + 3, triple, true, true), quote: 3 };
  if (character === "'" && SINGLE_IS_CHARACTER.has(language))
    return text[at + 2] === "'" ? { kind: 'string', end: at + 3, quote: 1 } : undefined;
  const verbatim = language === 'csharp' && text[at - 1] === '@';
  return { kind: 'string', end: endOfQuoted(text, at + 1, character, verbatim, !verbatim), quote: 1 };
};

/** Whether a slash behind `before` starts a regex rather than divides or closes a tag. */
const regexMayFollow = (before: string): boolean =>
  before === '' || /(?:[(,=:[!&|?{;+\-*%~^]|=>)$/.test(before) || /(?:^|\W)(?:return|typeof|case|in|of)$/.test(before);

/** Whether the slash at `at` can start a regex; `significant` is the last position with code before it. */
const mayBeRegex = (text: string, at: number, significant: number): boolean =>
  text[at] === '/' && regexMayFollow(text.slice(Math.max(0, significant - 9), significant + 1));

const blank = (text: string): string => text.replace(/[^\n]/g, ' ');

/** Separates code from comments and literals in one pass. Code inside templates and f-strings counts as literal. */
export const maskCode = (text: string, language: Language): MaskedCode => {
  const code: string[] = [];
  const comments: string[] = [];
  let copied = 0;
  /** Position of the last character that is neither blank nor comment. */
  let significant = -1;
  /** A line on which one regex did not close is not searched again: that would be quadratic. */
  let noRegexBefore = 0;
  const emit = (from: number, literal: Literal) => {
    const gap = text.slice(copied, from);
    const whole = text.slice(from, literal.end);
    const opening = whole.slice(0, literal.quote);
    const closed = whole.length >= 2 * literal.quote && whole.endsWith(opening);
    const closing = closed ? opening : '';
    code.push(gap, opening, blank(whole.slice(opening.length, whole.length - closing.length)), closing);
    comments.push(blank(gap), literal.kind === 'comment' ? whole : blank(whole));
    copied = literal.end;
  };
  for (let at = 0; at < text.length; ) {
    let literal = commentAt(text, at, language) ?? stringAt(text, at, language);
    if (literal === undefined && SCRIPT.has(language) && at >= noRegexBefore && mayBeRegex(text, at, significant)) {
      const end = endOfRegex(text, at);
      if (end > 0) literal = { kind: 'string', end, quote: 1 };
      else noRegexBefore = endOfLine(text, at);
    }
    if (literal !== undefined) {
      emit(at, literal);
      if (literal.kind === 'string') significant = literal.end - 1;
    } else if (text.charCodeAt(at) > 32) significant = at;
    at = literal?.end ?? at + 1;
  }
  const rest = text.slice(copied);
  return { text, code: code.concat(rest).join(''), comments: comments.concat(blank(rest)).join('') };
};
