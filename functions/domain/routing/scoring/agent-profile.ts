import { fromBase64, toBase64 } from './base64.ts';
import type { LikenessTable } from './likeness-table.ts';
import { LIKENESS_WIDTH, likenessVector } from './likeness-vector.ts';
import { gramsOf, mixed } from './text-grams.ts';

/** What a definition says of the messages that an agent is for. */
export interface Described {
  readonly description: string;
  readonly examples: readonly string[];
}

/** Makes a text's vector, of the length that the table takes. */
export type EncodeText = (text: string) => Float32Array;

/** What of an agent's examples and description its card carries: at most about 1,600 characters. */
export interface AgentProfile {
  /** Of the table that it was made with. */
  readonly version: number;
  /** The mean of the texts' vectors. */
  readonly centre: Float32Array;
  /** How the examples differ from their mean: a bit for the sign of each place. */
  readonly deviations: readonly Uint32Array[];
  /** The mean square of a place of an example's deviation; 0 for fewer than two examples. */
  readonly spread: number;
  /** Words and pairs of the texts, hashed to 16 bits, ascending. */
  readonly grams: Uint16Array;
}

const FORMAT = 1;
const HEADER_BYTES = 16;
const CENTRE_BYTES = LIKENESS_WIDTH / 2;
const DEVIATION_BYTES = LIKENESS_WIDTH / 8;
const MOST_DEVIATIONS = 10;
const MOST_GRAMS = 128;

/** Sixteen steps of this share of the root mean square cover a normal distribution with the least error. */
const STEP = 0.335;

const meanOf = (vectors: readonly Float32Array[]): Float32Array =>
  new Float32Array(LIKENESS_WIDTH).map(
    (_, place) => vectors.reduce((sum, vector) => sum + (vector[place] ?? 0), 0) / vectors.length,
  );

const squareOf = (vector: Float32Array): number => vector.reduce((sum, x) => sum + x * x, 0);

/** As many sums of deviations with random signs as a profile has room for: they vary together as the deviations do. */
const blend = (deviations: readonly Float32Array[]): readonly Float32Array[] =>
  deviations.length <= MOST_DEVIATIONS
    ? deviations
    : Array.from({ length: MOST_DEVIATIONS }, (_, row) =>
        new Float32Array(LIKENESS_WIDTH).map((_zero, place) =>
          deviations.reduce((sum, x, index) => sum + (mixed((row << 8) | index) & 1 ? 1 : -1) * (x[place] ?? 0), 0),
        ),
      );

const gramOf = (hash: number): number => hash & 0xffff;

/** The grams that most texts have; of those that equally many have, the smallest. */
const commonest = (texts: readonly ReadonlySet<number>[]): readonly number[] => {
  const counts = new Map<number, number>();
  for (const words of texts)
    for (const gram of new Set([...words].map(gramOf))) counts.set(gram, (counts.get(gram) ?? 0) + 1);
  return [...counts]
    .sort(([left, leftCount], [right, rightCount]) => rightCount - leftCount || left - right)
    .slice(0, MOST_GRAMS)
    .map(([gram]) => gram)
    .sort((left, right) => left - right);
};

/** A text's words and pairs as profiles name them. */
export const profileGrams = (words: ReadonlySet<number>): ReadonlySet<number> => new Set([...words].map(gramOf));

const pack = (
  version: number,
  centre: Float32Array,
  rows: readonly Float32Array[],
  rest: {
    readonly spread: number;
    readonly grams: readonly number[];
  },
): Uint8Array => {
  const deviationsAt = HEADER_BYTES + CENTRE_BYTES;
  const gramsAt = deviationsAt + rows.length * DEVIATION_BYTES;
  const bytes = new Uint8Array(gramsAt + rest.grams.length * 2);
  const view = new DataView(bytes.buffer);
  bytes.set([FORMAT, rows.length, rest.grams.length]);
  view.setUint32(4, version, true);
  const step = STEP * Math.sqrt(squareOf(centre) / LIKENESS_WIDTH);
  view.setFloat32(8, step, true);
  view.setFloat32(12, rest.spread, true);
  for (const [place, x] of centre.entries()) {
    const level = step === 0 ? 8 : Math.min(15, Math.max(0, Math.floor(x / step) + 8));
    const at = HEADER_BYTES + (place >>> 1);
    bytes[at] = (bytes[at] ?? 0) | (level << (4 * (place & 1)));
  }
  for (const [row, deviation] of rows.entries())
    for (const [place, x] of deviation.entries()) {
      const at = deviationsAt + row * DEVIATION_BYTES + (place >>> 3);
      if (x > 0) bytes[at] = (bytes[at] ?? 0) | (1 << (place & 7));
    }
  for (const [index, gram] of rest.grams.entries()) view.setUint16(gramsAt + index * 2, gram, true);
  return bytes;
};

/**
 * The profile of an agent, as text for its card: the same text for the same definition, table and encoder. Takes the
 * encoder's time for each example. Undefined where neither examples nor description say anything.
 */
export const makeProfile = (
  { description, examples }: Described,
  table: LikenessTable,
  encode: EncodeText,
): string | undefined => {
  const read = (text: string) => {
    const grams = gramsOf(text);
    return { words: grams.words, vector: likenessVector(table, encode(text), grams) };
  };
  const shown = examples.filter((text) => text.trim() !== '').map(read);
  const readings = description.trim() === '' ? shown : [...shown, read(description)];
  if (readings.length === 0) return undefined;
  const mean = meanOf(shown.map(({ vector }) => vector));
  const deviations = shown.length < 2 ? [] : shown.map(({ vector }) => vector.map((x, at) => x - (mean[at] ?? 0)));
  const total = deviations.reduce((sum, deviation) => sum + squareOf(deviation), 0);
  const spread = total / (LIKENESS_WIDTH * Math.max(1, shown.length - 1));
  const grams = commonest(readings.map(({ words }) => words));
  const centre = meanOf(readings.map(({ vector }) => vector));
  return toBase64(pack(table.version, centre, blend(deviations), { spread, grams }));
};

/** Reads a profile; undefined for what is none, or one of a format that this version does not know. */
export const readProfile = (text: string): AgentProfile | undefined => {
  const bytes = fromBase64(text);
  if (bytes === undefined || bytes.length < HEADER_BYTES + CENTRE_BYTES || bytes[0] !== FORMAT) return undefined;
  const [, rows = 0, count = 0] = bytes;
  const deviationsAt = HEADER_BYTES + CENTRE_BYTES;
  const gramsAt = deviationsAt + rows * DEVIATION_BYTES;
  if (bytes.length !== gramsAt + count * 2) return undefined;
  const view = new DataView(bytes.buffer);
  const step = view.getFloat32(8, true);
  const spread = view.getFloat32(12, true);
  if (!Number.isFinite(step) || !Number.isFinite(spread) || spread < 0) return undefined;
  const words = (from: number) =>
    Uint32Array.from({ length: DEVIATION_BYTES / 4 }, (_, index) => view.getUint32(from + index * 4, true));
  return {
    version: view.getUint32(4, true),
    centre: Float32Array.from({ length: LIKENESS_WIDTH }, (_, place) => {
      const level = ((bytes[HEADER_BYTES + (place >>> 1)] ?? 0) >>> (4 * (place & 1))) & 15;
      return (level - 7.5) * step;
    }),
    deviations: Array.from({ length: rows }, (_, row) => words(deviationsAt + row * DEVIATION_BYTES)),
    spread,
    grams: Uint16Array.from({ length: count }, (_, index) => view.getUint16(gramsAt + index * 2, true)),
  };
};
