/** Characters of a text that are read, from its start. */
const READ_CHARACTERS = 1000;

const WORD = /[\p{L}\p{M}\p{N}_']+/gu;
const LONGEST_WORD = 40;
const EDGE = ' ';
const PIECE_LENGTHS = [3, 4];
const RUN_LENGTH = 5;
const FNV_PRIME = 0x01000193;
const WORD_SEED = 0x811c9dc5;
const RUN_SEED = 0x51ed270b;

/** Spreads a number's bits over all 32. */
export const mixed = (value: number): number => {
  const once = Math.imul(value ^ (value >>> 16), 0x7feb352d);
  const twice = Math.imul(once ^ (once >>> 15), 0x846ca68b);
  return (twice ^ (twice >>> 16)) >>> 0;
};

/** FNV-1a over UTF-16 code units. */
const hashOf = (seed: number, text: string): number => {
  let hash = seed;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), FNV_PRIME);
  return mixed(hash);
};

/** Hashes, unsigned, 32 bits, of what a text consists of, each once. */
export interface TextGrams {
  /** Its words, and pairs of words side by side with the text's edges as words. */
  readonly words: ReadonlySet<number>;
  /** Three and four characters side by side in a word and its edges. */
  readonly pieces: ReadonlySet<number>;
  /** The same of five: about what a word keeps when it is inflected. */
  readonly runs: ReadonlySet<number>;
}

/** Hashes of all runs of some length of the words. */
const runsOf = (words: readonly string[], lengths: readonly number[]): ReadonlySet<number> => {
  const runs = new Set<number>();
  for (const word of words) {
    const padded = `${EDGE}${word}${EDGE}`;
    for (const length of lengths)
      for (let start = 0; start + length <= padded.length; start += 1)
        runs.add(hashOf(RUN_SEED, padded.slice(start, start + length)));
  }
  return runs;
};

/** What the first thousand characters of a text consist of, in lower case. */
export const gramsOf = (text: string): TextGrams => {
  const words = (text.slice(0, READ_CHARACTERS).normalize('NFKC').toLowerCase().match(WORD) ?? []).map((word) =>
    word.slice(0, LONGEST_WORD),
  );
  const grams = new Set<number>();
  let previous = EDGE;
  for (const word of [...words, EDGE]) {
    if (word !== EDGE) grams.add(hashOf(WORD_SEED, word));
    if (words.length > 0) grams.add(hashOf(WORD_SEED, `${previous} ${word}`));
    previous = word;
  }
  return { words: grams, pieces: runsOf(words, PIECE_LENGTHS), runs: runsOf(words, [RUN_LENGTH]) };
};
