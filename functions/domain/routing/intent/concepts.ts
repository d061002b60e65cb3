import { type Lexicon, restOf, wordsAt } from './lexicon.ts';

/**
 * Names of the concepts that a lower-case text speaks of, in the order in which it does; none where it is English, whose
 * words the n-grams know better.
 */
export type FindConcepts = (text: string) => readonly string[];

/** Words that hardly an English sentence does without, and that other languages do not have. */
const ENGLISH_WORDS = new Set(
  'the a an to is are in it of and for i my this that with on not but you we do does have has can be was from or if at by as so what how why when which there they he she me please should would could will just all one out up no some into than then'.split(
    ' ',
  ),
);

/** From this share of letters of other scripts a text is not English. */
const OTHER_SCRIPT = 0.25;
/** From this share of English words a text is English, whatever else it says. */
const ENGLISH_SHARE = 0.12;

const countOf = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0;

/** Scripts that write words without spaces, or glue endings to them: what is looked for may stand anywhere. */
export const UNSPACED = /[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Hang}\p{scx=Thai}]/u;
const NOT_ASCII = /[\u0080-\uffff]/;
const WORD = /[\p{L}\p{M}\p{N}']+/gu;
const LONGEST_UNSPACED = 12;
const LONGEST_WORD = 32;

/** Whether more than a few letters are of other scripts than the Latin one. */
const isOfOtherScript = (text: string): boolean =>
  NOT_ASCII.test(text) && countOf(text, /(?!\p{scx=Latin})\p{L}/gu) > OTHER_SCRIPT * countOf(text, /\p{L}/gu);

/** Makes the search for a lexicon: a few look-ups a word, however large that is; linear in the text. */
export const makeFindConcepts = (lexicon: Lexicon): FindConcepts => {
  const { size, unspacedFrom, concepts, meanings } = lexicon;

  /** Places of the words that begin at a word, or anywhere in it if its script has no spaces. */
  const placesAt = (said: readonly string[], at: number): readonly number[] => {
    const word = said[at] ?? '';
    if (!UNSPACED.test(word))
      return wordsAt(lexicon, [0, unspacedFrom], word, 0, LONGEST_WORD).filter((place) =>
        restOf(lexicon, place).every((beginning, index) => said[at + 1 + index]?.startsWith(beginning)),
      );
    const places: number[] = [];
    for (let start = 0; start < word.length; start += 1)
      places.push(...wordsAt(lexicon, [unspacedFrom, size], word, start, LONGEST_UNSPACED));
    return places;
  };

  return (text) => {
    const isOther = isOfOtherScript(text);
    const words = text.match(WORD) ?? [];
    const common = words.filter((word) => ENGLISH_WORDS.has(word)).length;
    if (!isOther && common >= ENGLISH_SHARE * words.length) return [];
    const said = text.normalize('NFC').match(WORD) ?? [];
    const found: string[] = [];
    let english = 0;
    for (let at = 0; at < said.length; at += 1) {
      const meant = new Set(placesAt(said, at).map((place) => meanings[place] ?? 0));
      for (const concept of new Set(Array.from(meant, (meaning) => meaning >> 1))) found.push(concepts[concept] ?? '');
      english += [...meant].filter((meaning) => meaning & 1).length;
    }
    return isOther || found.length - english >= Math.max(1, english + common) ? found : [];
  };
};
