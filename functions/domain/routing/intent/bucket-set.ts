const WORD_BITS = 32;
/** Words after which a running total is kept. */
const BLOCK_WORDS = 16;

const bitsIn = (word: number): number => {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
};

/** A fixed set of buckets in which each has a number: its place among them in ascending order. */
export interface BucketSet {
  readonly size: number;
  /** Its place in [0, size), or -1 if it is not in the set. Constant time. */
  readonly placeOf: (bucket: number) => number;
}

/** Reads a set from its bits: bit b of word w tells whether bucket 32·w + b is in it. */
export const readBucketSet = (words: Uint32Array): BucketSet => {
  const before = new Uint32Array(Math.ceil(words.length / BLOCK_WORDS));
  let size = 0;
  for (let at = 0; at < words.length; at += 1) {
    if (at % BLOCK_WORDS === 0) before[at / BLOCK_WORDS] = size;
    size += bitsIn(words[at] ?? 0);
  }
  return {
    size,
    placeOf: (bucket) => {
      const at = Math.floor(bucket / WORD_BITS);
      const word = words[at] ?? 0;
      const bit = 1 << (bucket % WORD_BITS);
      if ((word & bit) === 0) return -1;
      const block = Math.floor(at / BLOCK_WORDS);
      let place = before[block] ?? 0;
      for (let index = block * BLOCK_WORDS; index < at; index += 1) place += bitsIn(words[index] ?? 0);
      return place + bitsIn(word & (bit - 1));
    },
  };
};

/** The bits of a set of buckets out of `buckets`. */
export const writeBucketSet = (members: Iterable<number>, buckets: number): Uint32Array => {
  const words = new Uint32Array(Math.ceil(buckets / WORD_BITS));
  for (const bucket of members) {
    const at = Math.floor(bucket / WORD_BITS);
    words[at] = ((words[at] ?? 0) | (1 << (bucket % WORD_BITS))) >>> 0;
  }
  return words;
};
