import type { Tokenizer } from './unigram-tokenizer.ts';

/** What the router reads of a message. `files`: names of what is attached; `previousRole`: of the last answer. */
export type MessageInput = {
  readonly text: string;
  readonly files: readonly string[];
  readonly previousRole?: string | undefined;
};

/** Ids for the encoder, at most the limit, and ten features in [0, 1]. */
export type RouterInput = { readonly ids: readonly number[]; readonly features: Float32Array };

/** The order of the logits, of the ids of a previous role and of its features. */
export const LABELS: readonly string[] = [
  'context_analyzer',
  'code_generator',
  'debugger',
  'documentation',
  'code_reviewer',
  'none',
];

const EXTENSIONS =
  'ts tsx js jsx py go rs java kt cs cpp c h rb php swift sql yml yaml json md css scss html tf sh toml vue dart ex scala'.split(
    ' ',
  );
const OTHER_EXTENSION = EXTENSIONS.length;
const MOST_EXTENSIONS = 3;

const NEWLINE_ID = 3;
const FIRST_ROLE_ID = 8002;
const FIRST_EXTENSION_ID = 8012;
/** The last id that context may have. */
export const LAST_CONTEXT_ID = FIRST_EXTENSION_ID + OTHER_EXTENSION;
const MOST_TOKENS = 400;
/** Characters in which that many tokens are looked for: enough for all but tokens of 40 characters each. */
const READ_CHARACTERS = 16_384;

const FENCE = '```';

/** The first and the last line of fenced code that are not blank. */
const endsOf = (code: string): string => {
  const lines = code.trim();
  const end = lines.indexOf('\n');
  return end === -1 ? lines : `${lines.slice(0, end).trim()}\n${lines.slice(lines.lastIndexOf('\n') + 1).trim()}`;
};

/** Rule 1: of each fenced block (an open one ends with the text) only its first and its last line stay. */
export const shortenFences = (text: string): string => {
  const kept: string[] = [];
  let from = 0;
  for (let open = text.indexOf(FENCE); open !== -1; open = text.indexOf(FENCE, from)) {
    // What follows the opening on its line names the language, up to the first backtick.
    const language = /[\n`]/g;
    language.lastIndex = open + FENCE.length;
    const stop = language.exec(text)?.index ?? text.length;
    const begin = text[stop] === '\n' ? stop + 1 : stop;
    const close = text.indexOf(FENCE, begin);
    const end = close === -1 ? text.length : close;
    kept.push(text.slice(from, open), `\n${FENCE} ${endsOf(text.slice(begin, end))}\n`);
    from = close === -1 ? text.length : close + FENCE.length;
  }
  return from === 0 ? text : kept.join('') + text.slice(from);
};

/**
 * Rule 2: identifiers fall apart into words, and punctuation stands alone. Every pattern looks at a fixed number of
 * characters from each position, so that no text takes more than linear time.
 */
export const splitIdentifiers = (text: string): string =>
  text
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])(?=[A-Z][a-z])/g, '$1 ')
    .replace(/(?<=[A-Za-z0-9])[_/](?=[A-Za-z0-9])/g, ' ')
    .replace(/([a-z])\.([a-z])/gi, '$1 . $2')
    .replace(/([?!,;:()[\]{}"`])/g, ' $1 ');

/** Rule 3: the tokens of each line that is not blank, joined by the newline id; reads no further than `most` tokens. */
const tokensOfLines = (text: string, tokenize: Tokenizer, most: number): number[] => {
  const tokens: number[] = [];
  for (const line of text.split('\n')) {
    const words = line.replace(/\s+/g, ' ').trim();
    if (words === '') continue;
    if (tokens.length > 0) tokens.push(NEWLINE_ID);
    for (const token of tokenize(words)) tokens.push(token);
    if (tokens.length >= most) return tokens.slice(0, most);
  }
  return tokens;
};

/** Rule 4: ids for the previous role and for up to three different extensions. */
const contextIds = (role: number, files: readonly string[]): number[] => {
  const extensions = new Set(files.map((file) => file.slice(file.lastIndexOf('.') + 1).toLowerCase()));
  const places = [...extensions].slice(0, MOST_EXTENSIONS).map((extension) => {
    const place = EXTENSIONS.indexOf(extension);
    return FIRST_EXTENSION_ID + (place === -1 ? OTHER_EXTENSION : place);
  });
  return role === -1 ? places : [FIRST_ROLE_ID + role, ...places];
};

/** Rule 5: the first two thirds and the last third of what the limit leaves. */
const withinLimit = (tokens: readonly number[], most: number): readonly number[] => {
  if (tokens.length <= most) return tokens;
  const head = Math.floor((2 * most) / 3);
  return [...tokens.slice(0, head), ...tokens.slice(tokens.length - (most - head))];
};

/** Rule 6. `rawLength` counts tokens before identifiers are split; beyond 81 it changes nothing. */
const featuresOf = (role: number, files: readonly string[], rawLength: number): Float32Array => {
  const features = new Float32Array(LABELS.length + 4);
  if (role !== -1) features.set([1], role);
  features.set([+(role !== -1), +(files.length > 0), +(rawLength > 80), Math.min(1, rawLength / 60)], LABELS.length);
  return features;
};

/** The ids and features of a message, within `limit` tokens (at least 4, for the context alone takes that many). */
export const readRouterInput = (input: MessageInput, tokenize: Tokenizer, limit: number): RouterInput => {
  const { text, files, previousRole } = input;
  const role = previousRole === undefined ? -1 : LABELS.indexOf(previousRole);
  const short = shortenFences(text).slice(0, READ_CHARACTERS);
  const tokens = tokensOfLines(splitIdentifiers(short), tokenize, MOST_TOKENS);
  const rawLength = tokensOfLines(short, tokenize, 81).length;
  const context = contextIds(role, files);
  return {
    ids: [...withinLimit(tokens, limit - context.length), ...context],
    features: featuresOf(role, files, rawLength),
  };
};
