import type { MessageView } from './message-view.ts';

/** Buckets that n-grams are hashed into; a power of two. */
export const BUCKETS = 1 << 22;

/** N-grams that a model knows, by their place in its weights. */
export interface Vocabulary {
  readonly size: number;
  /** Place of a bucket's n-grams, or -1 if the model does not know them. */
  readonly placeOf: (bucket: number) => number;
  /** Inverse document frequency of the n-grams at a place. */
  readonly rarityAt: (place: number) => number;
}

/** Features of a message: places in a vocabulary, and how much each counts. */
export interface SparseFeatures {
  readonly places: Uint32Array;
  readonly values: Float32Array;
}

/** FNV-1a over UTF-16 code units, continued from `hash`. */
const hashed = (hash: number, text: string): number => {
  let result = hash;
  for (let index = 0; index < text.length; index += 1) result = Math.imul(result ^ text.charCodeAt(index), 0x01000193);
  return result;
};

/** Spreads what FNV leaves in the low bits. */
const bucketOf = (hash: number): number => {
  const mixed = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (mixed ^ (mixed >>> 13)) & (BUCKETS - 1);
};

/** A kind of n-gram: its own hash seed, and the length that its features have together. */
interface Block {
  readonly seed: number;
  readonly weight: number;
}
const block = (name: string, weight: number): Block => ({ seed: hashed(0x811c9dc5 | 0, name), weight });

const WORDS = block('words', 1);
const CHARACTERS = block('characters', 1);
const POSITIONS = block('positions', 0.7);
const FOLLOWING = block('following', 0.7);
const CONCEPTS = block('concepts', 1);
const CONTEXT = block('context', 0.4);

const WORD = /[\p{L}\p{M}\p{N}_']+|[^\p{L}\p{M}\p{N}_'\s]/gu;
const MOST_WORDS = 3;
const SHORTEST_PIECE = 2;
const LONGEST_PIECE = 5;
/** Words at the start of the first sentence and at the end of the last that count by their place. */
const PLACED_WORDS = 12;
/** Longer runs without white space are pasted data; their beginning is enough. */
const LONGEST_RUN = 200;

type Counts = Map<number, number>;

const count = (counts: Counts, hash: number): void => {
  const bucket = bucketOf(hash);
  counts.set(bucket, (counts.get(bucket) ?? 0) + 1);
};

const countWordGrams = (counts: Counts, seed: number, words: readonly string[], most: number): void => {
  for (let start = 0; start < words.length; start += 1) {
    let hash = seed;
    for (const word of words.slice(start, start + most)) {
      hash = hashed(Math.imul(hash ^ 0x1f, 0x01000193), word);
      count(counts, hash);
    }
  }
};

/** All runs of two to five characters within a word and its edges. */
const countPieces = (counts: Counts, seed: number, text: string): void => {
  for (const run of text.split(/\s+/)) {
    if (run === '') continue;
    const padded = ` ${run.slice(0, LONGEST_RUN)} `;
    for (let start = 0; start < padded.length - 1; start += 1) {
      let hash = seed;
      const end = Math.min(padded.length, start + LONGEST_PIECE);
      for (let index = start; index < end; index += 1) {
        hash = Math.imul(hash ^ padded.charCodeAt(index), 0x01000193);
        if (index - start + 1 >= SHORTEST_PIECE) count(counts, hash);
      }
    }
  }
};

const placed = (counts: Counts, place: string, words: readonly string[]): void =>
  countWordGrams(counts, hashed(POSITIONS.seed, place), words, 2);

const countPositions = (counts: Counts, sentences: readonly (readonly string[])[]): void => {
  placed(counts, 'first', sentences[0]?.slice(0, PLACED_WORDS) ?? []);
  placed(counts, 'last', sentences.at(-1)?.slice(-PLACED_WORDS) ?? []);
  for (const words of sentences) {
    const [first, second] = words;
    if (first === undefined) continue;
    const seed = hashed(POSITIONS.seed, 'start');
    count(counts, hashed(seed, first));
    if (second !== undefined) count(counts, hashed(seed, `${first} ${second}`));
  }
};

const contextOf = ({ text, previousRole, extensions }: MessageView, words: readonly string[]): readonly string[] => {
  const starts = words.slice(0, 3).map((_, index) => `starts ${words.slice(0, index + 1).join(' ')}`);
  return [
    `length ${Math.floor(Math.log2(text.length + 1))}`,
    text.includes('?') ? 'asks' : 'tells',
    ...(extensions.length > 0 ? ['has files'] : []),
    ...extensions.map((extension) => `file ${extension}`),
    ...(previousRole === undefined ? [] : [`after ${previousRole}`, `after ${previousRole} ${words[0] ?? ''}`]),
    ...starts,
  ];
};

/** Everything that is counted of a message, block by block. */
const countBlocks = (view: MessageView): readonly { readonly weight: number; readonly counts: Counts }[] => {
  const words = view.text.match(WORD) ?? [];
  const counted = (weight: number, fill: (counts: Counts) => void) => {
    const counts: Counts = new Map();
    fill(counts);
    return { weight, counts };
  };
  return [
    counted(WORDS.weight, (counts) => countWordGrams(counts, WORDS.seed, words, MOST_WORDS)),
    counted(CHARACTERS.weight, (counts) => countPieces(counts, CHARACTERS.seed, view.text)),
    counted(POSITIONS.weight, (counts) =>
      countPositions(
        counts,
        view.sentences.map((sentence) => sentence.match(WORD) ?? []),
      ),
    ),
    counted(FOLLOWING.weight, (counts) => {
      if (view.previousRole === undefined) return;
      const seed = hashed(FOLLOWING.seed, view.previousRole);
      countWordGrams(counts, seed, words.slice(0, PLACED_WORDS), 2);
      countWordGrams(counts, FOLLOWING.seed, words.slice(0, PLACED_WORDS), 2);
    }),
    counted(CONCEPTS.weight, (counts) => countWordGrams(counts, CONCEPTS.seed, view.concepts ?? [], 2)),
    counted(0, (counts) => {
      for (const fact of contextOf(view, words)) count(counts, hashed(CONTEXT.seed, fact));
    }),
  ];
};

/** All buckets that a message has n-grams in: what a vocabulary is learned from. */
export const ngramBuckets = (view: MessageView): ReadonlySet<number> =>
  new Set(countBlocks(view).flatMap(({ counts }) => [...counts.keys()]));

/**
 * Features of a message: words and characters, what stands first and last, and what it follows on. Repetitions count by
 * their logarithm, rare n-grams more; each block has its weight as length. Linear in the view.
 */
export const ngramFeatures = (view: MessageView, { placeOf, rarityAt }: Vocabulary): SparseFeatures => {
  const places: number[] = [];
  const values: number[] = [];
  for (const { weight, counts } of countBlocks(view)) {
    const from = places.length;
    let squares = 0;
    for (const [bucket, times] of counts) {
      const place = placeOf(bucket);
      if (place === -1) continue;
      // Facts about the message (the last block) count in full, however many there are.
      const value = weight === 0 ? CONTEXT.weight : (1 + Math.log(times)) * rarityAt(place);
      squares += value * value;
      places.push(place);
      values.push(value);
    }
    const scale = weight === 0 ? 1 : weight / Math.sqrt(Math.max(1, squares));
    for (let at = from; at < values.length; at += 1) values[at] = (values[at] ?? 0) * scale;
  }
  return { places: Uint32Array.from(places), values: Float32Array.from(values) };
};
