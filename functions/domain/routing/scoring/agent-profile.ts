import { fromBase64, toBase64 } from './base64.ts';
import type { LikenessTable } from './likeness-table.ts';
import { HALF, LIKENESS_WIDTH, likenessVector } from './likeness-vector.ts';
import { gramsOf, mixed, type TextGrams } from './text-grams.ts';

/** What a definition says of the messages that an agent is for. */
export interface Described {
  readonly description: string;
  readonly examples: readonly string[];
}

/** Makes a text's vector, of the length that the table takes. */
export type EncodeText = (text: string) => Float32Array;

/** A number for each half of a vector. */
export type Halves = readonly [encoder: number, grams: number];

/** What routers know of an agent's examples and description: at most about 1,900 characters. */
export interface AgentProfile {
  /** As `profileVersion` says. */
  readonly version: number;
  /** The mean of the texts' vectors. */
  readonly centre: Float32Array;
  /** How the examples differ from their mean: a bit for the sign of each place. */
  readonly deviations: readonly Uint8Array[];
  /** The mean square of a place of an example's deviation; 0 for fewer than two examples. */
  readonly spreads: Halves;
  /** Words, pairs and runs of the texts, hashed to 16 bits, ascending. */
  readonly grams: Uint16Array;
}

const FORMAT = 2;
const HEADER_BYTES = 24;
const CENTRE_BYTES = LIKENESS_WIDTH / 2;
const DEVIATION_BYTES = LIKENESS_WIDTH / 8;
/** Examples that are read, from first to last: the encoder takes milliseconds for each. */
const MOST_EXAMPLES = 25;
const MOST_DEVIATIONS = 10;
const MOST_GRAMS = 255;

/** Sixteen steps of this share of the root mean square cover a normal distribution with the least error. */
const STEP = 0.335;

const meanOf = (vectors: readonly Float32Array[]): Float32Array =>
  new Float32Array(LIKENESS_WIDTH).map(
    (_, place) => vectors.reduce((sum, vector) => sum + (vector[place] ?? 0), 0) / vectors.length,
  );

/** The mean square of each half's places, over some vectors and divided by `count` instead of their number. */
const meanSquares = (vectors: readonly Float32Array[], count: number): Halves => {
  const of = (from: number): number =>
    vectors.reduce((sum, vector) => sum + vector.subarray(from, from + HALF).reduce((part, x) => part + x * x, 0), 0) /
    (HALF * Math.max(1, count));
  return [of(0), of(HALF)];
};

/** At most that many, evenly chosen. */
const some = <T>(all: readonly T[], most: number): readonly T[] =>
  all.filter((_, index) => (index * most) % all.length < most);

/** Of the profiles that are made with a table: those of other versions cannot be compared with them. Unsigned, 32 bits. */
export const profileVersion = (table: Pick<LikenessTable, 'version'>): number => (table.version ^ mixed(FORMAT)) >>> 0;

const gramOf = (hash: number): number => hash & 0xffff;

/** A text's words, pairs and runs as profiles name them. */
export const profileGrams = ({ words, runs }: TextGrams): ReadonlySet<number> =>
  new Set([...words, ...runs].map(gramOf));

/** The grams that most texts have; of those that equally many have, the smallest. */
const commonest = (texts: readonly ReadonlySet<number>[]): readonly number[] => {
  const counts = new Map<number, number>();
  for (const grams of texts) for (const gram of grams) counts.set(gram, (counts.get(gram) ?? 0) + 1);
  return [...counts]
    .sort(([left, leftCount], [right, rightCount]) => rightCount - leftCount || left - right)
    .slice(0, MOST_GRAMS)
    .map(([gram]) => gram)
    .sort((left, right) => left - right);
};

const writeCentre = (bytes: Uint8Array, centre: Float32Array, steps: Halves): void => {
  for (const [place, x] of centre.entries()) {
    const step = place < HALF ? steps[0] : steps[1];
    const level = step === 0 ? 8 : Math.min(15, Math.max(0, Math.floor(x / step) + 8));
    const at = HEADER_BYTES + (place >>> 1);
    bytes[at] = (bytes[at] ?? 0) | (level << (4 * (place & 1)));
  }
};

const readCentre = (bytes: Uint8Array, steps: Halves): Float32Array => {
  const centre = new Float32Array(LIKENESS_WIDTH);
  for (let place = 0; place < LIKENESS_WIDTH; place += 1) {
    const level = ((bytes[HEADER_BYTES + (place >>> 1)] ?? 0) >>> (4 * (place & 1))) & 15;
    centre[place] = (level - 7.5) * (place < HALF ? steps[0] : steps[1]);
  }
  return centre;
};

const pack = (
  version: number,
  centre: Float32Array,
  deviations: readonly Float32Array[],
  { spreads, grams }: { readonly spreads: Halves; readonly grams: readonly number[] },
): Uint8Array => {
  const deviationsAt = HEADER_BYTES + CENTRE_BYTES;
  const gramsAt = deviationsAt + deviations.length * DEVIATION_BYTES;
  const bytes = new Uint8Array(gramsAt + grams.length * 2);
  const view = new DataView(bytes.buffer);
  bytes.set([FORMAT, deviations.length, grams.length]);
  view.setUint32(4, version, true);
  const [first, second] = meanSquares([centre], 1);
  const steps: Halves = [STEP * Math.sqrt(first), STEP * Math.sqrt(second)];
  [...steps, ...spreads].forEach((value, index) => {
    view.setFloat32(8 + 4 * index, value, true);
  });
  writeCentre(bytes, centre, steps);
  for (const [row, deviation] of deviations.entries())
    for (const [place, x] of deviation.entries()) {
      const at = deviationsAt + row * DEVIATION_BYTES + (place >>> 3);
      if (x > 0) bytes[at] = (bytes[at] ?? 0) | (1 << (place & 7));
    }
  for (const [index, gram] of grams.entries()) view.setUint16(gramsAt + index * 2, gram, true);
  return bytes;
};

/**
 * The profile of an agent, as text: the same for the same definition, table and encoder. Takes the encoder's time for each
 * example. Undefined where neither examples nor description say anything.
 */
export const makeProfile = (
  { description, examples }: Described,
  table: LikenessTable,
  encode: EncodeText,
): string | undefined => {
  const read = (text: string) => {
    const grams = gramsOf(text);
    return { grams: profileGrams(grams), vector: likenessVector(table, encode(text), grams) };
  };
  const said = examples.filter((text) => text.trim() !== '');
  const shown = some(said, MOST_EXAMPLES).map(read);
  const readings = description.trim() === '' ? shown : [...shown, read(description)];
  if (readings.length === 0) return undefined;
  const mean = meanOf(shown.map(({ vector }) => vector));
  const deviations = shown.length < 2 ? [] : shown.map(({ vector }) => vector.map((x, at) => x - (mean[at] ?? 0)));
  const spreads = meanSquares(deviations, shown.length - 1);
  const grams = commonest(readings.map((reading) => reading.grams));
  const centre = meanOf(readings.map(({ vector }) => vector));
  return toBase64(pack(profileVersion(table), centre, some(deviations, MOST_DEVIATIONS), { spreads, grams }));
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
  const [first = 0, second = 0, ...spreads] = [8, 12, 16, 20].map((at) => view.getFloat32(at, true));
  const [encoder = 0, words = 0] = spreads;
  if (![first, second, encoder, words].every((value) => Number.isFinite(value) && value >= 0)) return undefined;
  return {
    version: view.getUint32(4, true),
    centre: readCentre(bytes, [first, second]),
    deviations: Array.from({ length: rows }, (_, row) =>
      bytes.slice(deviationsAt + row * DEVIATION_BYTES, deviationsAt + (row + 1) * DEVIATION_BYTES),
    ),
    spreads: [encoder, words],
    grams: Uint16Array.from({ length: count }, (_, index) => view.getUint16(gramsAt + index * 2, true)),
  };
};
