import * as z from 'zod';

/** Words of many languages by what they mean: concept → language → beginnings of words. */
export const Lexicon = z.record(z.string(), z.record(z.string(), z.array(z.string().min(1))));
export type Lexicon = z.output<typeof Lexicon>;

/**
 * Names of the concepts that a lower-case text speaks of, in the order in which it does; none where it is English, whose
 * words the n-grams know better.
 */
export type FindConcepts = (text: string) => readonly string[];

const ENGLISH = 'en';

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
const UNSPACED = /[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Hang}\p{scx=Thai}]/u;
const WORD = /[\p{L}\p{M}\p{N}']+/gu;
const LONGEST_UNSPACED = 12;
const LONGEST_WORD = 32;

interface Entry {
  readonly concept: string;
  readonly english: boolean;
  /** Beginnings of the words that must follow. */
  readonly rest: readonly string[];
}

type Index = Map<string, Entry[]>;

const add = (index: Index, key: string, entry: Entry): void => {
  const entries = index.get(key);
  if (entries === undefined) index.set(key, [entry]);
  else entries.push(entry);
};

const indexOf = (lexicon: Lexicon): { readonly words: Index; readonly unspaced: Index } => {
  const words: Index = new Map();
  const unspaced: Index = new Map();
  for (const [concept, languages] of Object.entries(lexicon))
    for (const [language, texts] of Object.entries(languages))
      for (const text of texts) {
        const normal = text.normalize('NFC').toLowerCase();
        const [first = '', ...rest] = UNSPACED.test(normal) ? [normal] : normal.split(/\s+/);
        add(UNSPACED.test(first) ? unspaced : words, first, { concept, english: language === ENGLISH, rest });
      }
  return { words, unspaced };
};

/** Whether a text is in another language than English, by its letters, its commonest words and what was found in it. */
const isForeign = (text: string, found: number, english: number): boolean => {
  const letters = countOf(text, /\p{L}/gu);
  if (countOf(text, /(?!\p{scx=Latin})\p{L}/gu) > OTHER_SCRIPT * letters) return true;
  const words = text.match(WORD) ?? [];
  const common = words.filter((word) => ENGLISH_WORDS.has(word)).length;
  return common < ENGLISH_SHARE * words.length && found - english >= Math.max(1, english + common);
};

/** Makes the search for a lexicon: a few look-ups a word, however large that is; linear in the text. */
export const makeFindConcepts = (lexicon: Lexicon): FindConcepts => {
  const { words, unspaced } = indexOf(lexicon);
  /** Entries that begin at a word, or anywhere in it if its script has no spaces. */
  const entriesAt = (said: readonly string[], at: number): readonly Entry[] => {
    const word = said[at] ?? '';
    const entries: Entry[] = [];
    if (UNSPACED.test(word)) {
      for (let start = 0; start < word.length; start += 1)
        for (let end = start + 1; end <= Math.min(word.length, start + LONGEST_UNSPACED); end += 1)
          entries.push(...(unspaced.get(word.slice(start, end)) ?? []));
      return entries;
    }
    for (let end = 1; end <= Math.min(word.length, LONGEST_WORD); end += 1)
      for (const entry of words.get(word.slice(0, end)) ?? [])
        if (entry.rest.every((beginning, index) => said[at + 1 + index]?.startsWith(beginning))) entries.push(entry);
    return entries;
  };

  return (text) => {
    const said = text.normalize('NFC').match(WORD) ?? [];
    const found: string[] = [];
    let english = 0;
    for (let at = 0; at < said.length; at += 1) {
      const entries = entriesAt(said, at);
      found.push(...new Set(entries.map(({ concept }) => concept)));
      english += new Set(entries.flatMap(({ concept, english }) => (english ? [concept] : []))).size;
    }
    return isForeign(text, found.length, english) ? found : [];
  };
};
