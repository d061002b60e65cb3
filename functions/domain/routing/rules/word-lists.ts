import { LETTER, UNSPACED, wholeWords } from '../words.ts';

/** A run of letters; of an unspaced script a single one. */
const RUN = new RegExp(String.raw`[${UNSPACED}]\p{M}*|(?:(?![${UNSPACED}])${LETTER})+`, 'gu');

/** The same where every letter is ASCII: most texts, in a tenth of the time. */
const ASCII_RUN = /\w+/g;
const IS_ASCII = /^[\0-\x7f]*$/;

/** Letters that differ in case alone become the same: by way of the upper case, since `ſ` is a small S as well. */
const folded = (text: string): string => text.normalize('NFC').toUpperCase().toLowerCase();

const runsOf = (text: string): readonly string[] =>
  (IS_ASCII.test(text) ? text.toLowerCase().match(ASCII_RUN) : folded(text).match(RUN)) ?? [];

/** All runs of letters of a text, without their case. */
export const wordsIn = (text: string): ReadonlySet<string> => new Set(runsOf(text));

/** Whether a text says one of some phrases. @param words those that `wordsIn` finds in it */
export type SaysOneOf = (text: string, words: ReadonlySet<string>) => boolean;

/**
 * Looks for phrases as `wholeWords` does, but only where the first word of one is among the text's words: of many lists
 * nearly all are done with after some look-ups, and never made into a pattern, which takes a millisecond.
 */
export const saysOneOf = (phrases: readonly string[]): SaysOneOf => {
  const firstWords = [...new Set(phrases.map((phrase) => runsOf(phrase)[0] ?? ''))];
  let pattern: RegExp | undefined;
  return (text, words) => {
    if (!firstWords.some((word) => words.has(word))) return false;
    pattern ??= wholeWords(phrases);
    return pattern.test(text);
  };
};
