/**
 * A unigram vocabulary as a double-array trie over UTF-16 code units, laid out to be used where it lies.
 *
 * Little-endian: `magic`, number of nodes, of pieces, of symbols (uint32 each), a score a piece (float64), then for each
 * node `base`, `parent` and `piece` (uint16 each; three arrays), then the code unit of each symbol (uint16).
 * The child of node v by symbol s (counted from 1) is base[v] + s if the parent of that node is v. The root is node 1,
 * no parent is 0. `piece` is 0 where none ends: the ids below 6 are reserved and never match.
 */
export type PackedVocabulary = {
  readonly scores: Float64Array;
  readonly base: Uint16Array;
  readonly parent: Uint16Array;
  readonly piece: Uint16Array;
  /** Symbol of each code unit, 0 for those in no piece. */
  readonly symbolOf: Uint16Array;
};

export const VOCABULARY_MAGIC = 0x31494e55;
export const VOCABULARY_HEADER_BYTES = 16;
export const ROOT = 1;
/** Ids below this are reserved: 0 unknown, 1 and 2 ends of text, 3 newline. */
export const FIRST_PIECE = 6;

/** @throws RangeError when the bytes are not a packed vocabulary */
export const readVocabulary = (file: Uint8Array): PackedVocabulary => {
  if (file.byteLength < VOCABULARY_HEADER_BYTES) throw new RangeError('the vocabulary is too short');
  // A copy of 0.2 MB: typed arrays need aligned addresses, and the file may lie anywhere.
  const bytes = new Uint8Array(file).buffer;
  const [magic, nodes = 0, pieces = 0, symbols = 0] = new Uint32Array(bytes, 0, 4);
  const expected = VOCABULARY_HEADER_BYTES + pieces * 8 + nodes * 6 + symbols * 2;
  if (magic !== VOCABULARY_MAGIC || file.byteLength !== expected) throw new RangeError('this is no packed vocabulary');
  const nodesAt = VOCABULARY_HEADER_BYTES + pieces * 8;
  const symbolOf = new Uint16Array(0x10000);
  new Uint16Array(bytes, nodesAt + nodes * 6, symbols).forEach((unit, index) => {
    symbolOf[unit] = index + 1;
  });
  return {
    scores: new Float64Array(bytes, VOCABULARY_HEADER_BYTES, pieces),
    base: new Uint16Array(bytes, nodesAt, nodes),
    parent: new Uint16Array(bytes, nodesAt + nodes * 2, nodes),
    piece: new Uint16Array(bytes, nodesAt + nodes * 4, nodes),
    symbolOf,
  };
};
