/**
 * Words of many languages by what they mean, sorted, to be searched where they lie.
 *
 * Little-endian: LEXICON_MAGIC, the number of words, how many of them are of scripts with spaces, the number of code units
 * of all words, and of the names of concepts (uint32 each); where each word begins, and where the last one ends (uint32);
 * for each word its concept times 2, and 1 more if it is English (uint16); the words, one after the other, and the names
 * of the concepts, joined by spaces (UTF-16).
 *
 * First come the words of scripts with spaces, then the others; both sorted, code unit by code unit, by what precedes a
 * space. What follows it are beginnings of the words that must follow.
 */
export interface Lexicon {
  readonly size: number;
  /** Words before this place are of scripts with spaces. */
  readonly unspacedFrom: number;
  readonly concepts: readonly string[];
  readonly meanings: Uint16Array;
  readonly starts: Uint32Array;
  readonly units: Uint16Array;
}

export const LEXICON_MAGIC = 0x3158454c;
export const LEXICON_HEADER_BYTES = 20;

const textOf = (units: Uint16Array): string => String.fromCharCode(...units);

/** @throws RangeError when the bytes are no lexicon */
export const readLexicon = (file: Uint8Array): Lexicon => {
  if (file.length < LEXICON_HEADER_BYTES) throw new RangeError('the lexicon is too short');
  // A copy of 0.3 MB: typed arrays need aligned addresses, and the file may lie anywhere.
  const bytes = new Uint8Array(file).buffer;
  const [magic, size = 0, unspacedFrom = 0, length = 0, names = 0] = new Uint32Array(bytes, 0, 5);
  const meaningsAt = LEXICON_HEADER_BYTES + (size + 1) * 4;
  const unitsAt = meaningsAt + size * 2;
  const namesAt = unitsAt + length * 2;
  if (magic !== LEXICON_MAGIC || file.length !== namesAt + names * 2) throw new RangeError('this is no lexicon');
  return {
    size,
    unspacedFrom,
    concepts: textOf(new Uint16Array(bytes, namesAt, names)).split(' '),
    meanings: new Uint16Array(bytes, meaningsAt, size),
    starts: new Uint32Array(bytes, LEXICON_HEADER_BYTES, size + 1),
    units: new Uint16Array(bytes, unitsAt, length),
  };
};

const SPACE = 0x20;
/** What stands after the last code unit that is searched for. */
const END = 0;

const unitAt = ({ starts, units }: Lexicon, place: number, depth: number): number => {
  const at = (starts[place] ?? 0) + depth;
  const unit = at < (starts[place + 1] ?? 0) ? units[at] : END;
  return unit === SPACE || unit === undefined ? END : unit;
};

/** The first place in [from, to) whose code unit at a depth is at least `unit`, or `to`. */
const firstPlace = (lexicon: Lexicon, from: number, to: number, depth: number, unit: number): number => {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (unitAt(lexicon, middle, depth) < unit) low = middle + 1;
    else high = middle;
  }
  return low;
};

/**
 * Places in [from, to) of the words that a text says from its index `at` on, as far as they precede a space: the shortest
 * first. Words of more than `longest` code units are not found.
 */
export const wordsAt = (
  lexicon: Lexicon,
  [from, to]: readonly [number, number],
  text: string,
  at: number,
  longest: number,
): readonly number[] => {
  const places: number[] = [];
  let low = from;
  let high = to;
  for (let depth = 0; low < high; depth += 1) {
    for (; low < high && unitAt(lexicon, low, depth) === END; low += 1) places.push(low);
    if (depth === longest || at + depth >= text.length) break;
    const unit = text.charCodeAt(at + depth);
    low = firstPlace(lexicon, low, high, depth, unit);
    high = firstPlace(lexicon, low, high, depth, unit + 1);
  }
  return places;
};

/** What must follow a word: beginnings of the next words. */
export const restOf = ({ starts, units }: Lexicon, place: number): readonly string[] => {
  const word = units.subarray(starts[place], starts[place + 1]);
  const space = word.indexOf(SPACE);
  return space === -1 ? [] : textOf(word.subarray(space + 1)).split(' ');
};
