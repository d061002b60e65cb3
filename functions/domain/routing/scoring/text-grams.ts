/** Characters of a text that are read, from its start. */
const READ_CHARACTERS = 1000;

const WORD = /[\p{L}\p{M}\p{N}_']+/gu;
const LONGEST_WORD = 40;
const EDGE = ' ';
const SHORTEST_PIECE = 3;
const LONGEST_PIECE = 4;
const FNV_PRIME = 0x01000193;
const WORD_SEED = 0x811c9dc5;
const PIECE_SEED = 0x51ed270b;

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
  /** Runs of three and four characters of a word and its edges. */
  readonly pieces: ReadonlySet<number>;
}

/** What the first thousand characters of a text consist of, in lower case. */
export const gramsOf = (text: string): TextGrams => {
  const words = (text.slice(0, READ_CHARACTERS).normalize('NFKC').toLowerCase().match(WORD) ?? []).map((word) =>
    word.slice(0, LONGEST_WORD),
  );
  const grams = new Set<number>();
  const pieces = new Set<number>();
  let previous = EDGE;
  for (const word of [...words, EDGE]) {
    if (word !== EDGE) grams.add(hashOf(WORD_SEED, word));
    if (words.length > 0) grams.add(hashOf(WORD_SEED, `${previous} ${word}`));
    previous = word;
  }
  for (const word of words) {
    const padded = `${EDGE}${word}${EDGE}`;
    for (let length = SHORTEST_PIECE; length <= LONGEST_PIECE; length += 1)
      for (let start = 0; start + length <= padded.length; start += 1)
        pieces.add(hashOf(PIECE_SEED, padded.slice(start, start + length)));
  }
  return { words: grams, pieces };
};
