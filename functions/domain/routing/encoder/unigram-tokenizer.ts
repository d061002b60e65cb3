import { type PackedVocabulary, ROOT } from './packed-vocabulary.ts';

/**
 * Ids of the best segmentation of a text into pieces; 0 stands for a run that no piece covers. Reads the first 8,192
 * UTF-16 units: many times what the encoder takes.
 */
export type Tokenizer = (text: string) => number[];

const SPACE = 0x20;
const WORD_START = 0x2581;
/** Longer runs of combining marks are cut: reordering them takes time that grows with the square of their number. */
const MARK_RUN = /([\p{M}\uff9e\uff9f]{30})[\p{M}\uff9e\uff9f]+/gu;
/** Bounds the time whatever the text: one character may stand for 18 others. */
const MOST_UNITS = 8192;
const NOT_ASCII = /[\u0080-\uffff]/;

/** NFKC; ASCII is normal already, and most messages are nothing else. */
const normalise = (text: string): string =>
  NOT_ASCII.test(text) ? text.replace(MARK_RUN, '$1').normalize('NFKC') : text;

/** Code units of `▁` and the text, with `▁` for each space. */
const unitsOf = (text: string): Uint16Array => {
  const units = new Uint16Array(text.length + 1);
  units[0] = WORD_START;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    units[index + 1] = unit === SPACE ? WORD_START : unit;
  }
  return units;
};

/** 2 where a surrogate pair begins, else 1: a position is a whole code point. */
const widthAt = (units: Uint16Array, at: number): number =>
  ((units[at] ?? 0) & 0xfc00) === 0xd800 && ((units[at + 1] ?? 0) & 0xfc00) === 0xdc00 ? 2 : 1;

type Segmentation = { readonly start: Int32Array; readonly id: Uint16Array };

/**
 * Viterbi's best path, by ascending start. A position that nothing has reached scores 0, as in the original: a path may
 * begin there, and any piece that ends there is taken.
 */
const segment = (units: Uint16Array, vocabulary: PackedVocabulary): Segmentation => {
  const { scores, base, parent, piece, symbolOf } = vocabulary;
  const length = units.length;
  const best = new Float64Array(length + 1);
  const start = new Int32Array(length + 1);
  const id = new Uint16Array(length + 1);
  for (let at = 0, width = 1; at < length; at += width) {
    width = widthAt(units, at);
    const here = best[at] ?? 0;
    let matched = false;
    // A node is as deep as its piece is long, so this ends after the longest piece at the latest.
    for (let end = at, node = ROOT; end < length; ) {
      const symbol = symbolOf[units[end] ?? 0] ?? 0;
      const next = (base[node] ?? 0) + symbol;
      if (symbol === 0 || parent[next] !== node) break;
      node = next;
      end += 1;
      const found = piece[node] ?? 0;
      if (found === 0) continue;
      matched = true;
      const score = (scores[found] ?? 0) + here;
      const rival = best[end] ?? 0;
      if (rival === 0 || score >= rival) {
        best[end] = score;
        start[end] = at;
        id[end] = found;
      }
    }
    const next = at + width;
    if (!matched && ((best[next] ?? 0) === 0 || here >= (best[next] ?? 0))) {
      best[next] = here;
      id[next] = 0;
    }
    // Unknown, or reached by nothing: the walk back passes one code point.
    if (id[next] === 0) start[next] = at;
  }
  return { start, id };
};

/** A tokenizer for a vocabulary. Time and memory are linear in what it reads. */
export const makeUnigramTokenizer =
  (vocabulary: PackedVocabulary): Tokenizer =>
  (text) => {
    const normal = normalise(text.slice(0, MOST_UNITS)).slice(0, MOST_UNITS);
    if (normal === '') return [];
    const units = unitsOf(normal);
    const { start, id } = segment(units, vocabulary);
    const tokens: number[] = [];
    let afterUnknown = false;
    for (let end = units.length; end > 0; end = start[end] ?? 0) {
      const token = id[end] ?? 0;
      if (token !== 0 || !afterUnknown) tokens.push(token);
      afterUnknown = token === 0;
    }
    return tokens.reverse();
  };
