/** Directions that vectors of the encoder are reduced to. */
export const DIRECTIONS = 256;

const HEADER_BYTES = 8;

/** What reduces the encoder's vectors, learned from the project's own messages (lib/training/train-likeness.ts). */
export interface LikenessTable {
  /** Of encoder and table together: profiles made with another version cannot be compared. Unsigned, 32 bits. */
  readonly version: number;
  /** Length of the vectors that it takes. */
  readonly width: number;
  /** A vector's place along each direction, from the mean of the messages that the table was learned from. */
  readonly reduce: (vector: Float32Array) => Float32Array;
}

/** A table's file: version and width, DIRECTIONS scales and DIRECTIONS offsets (float32), and a row of int8 a direction. */
export const writeLikenessTable = (
  version: number,
  mean: Float64Array,
  directions: readonly Float64Array[],
): Uint8Array => {
  const width = mean.length;
  const bytes = new ArrayBuffer(HEADER_BYTES + DIRECTIONS * (8 + width));
  new Uint32Array(bytes, 0, 2).set([version, width]);
  const scales = new Float32Array(bytes, HEADER_BYTES, DIRECTIONS);
  const offsets = new Float32Array(bytes, HEADER_BYTES + DIRECTIONS * 4, DIRECTIONS);
  const weights = new Int8Array(bytes, HEADER_BYTES + DIRECTIONS * 8);
  for (const [row, direction] of directions.entries()) {
    scales[row] = direction.reduce((most, x) => Math.max(most, Math.abs(x)), 0) / 127;
    const scale = scales[row] ?? 0;
    let offset = 0;
    for (const [column, x] of direction.entries()) {
      const weight = Math.round(x / scale);
      weights[row * width + column] = weight;
      offset += weight * scale * (mean[column] ?? 0);
    }
    offsets[row] = offset;
  }
  return new Uint8Array(bytes);
};

/** Reads a table's file. @throws RangeError when its length is not that of a table */
export const readLikenessTable = (file: Uint8Array): LikenessTable => {
  const bytes = new Uint8Array(file).buffer;
  if (bytes.byteLength < HEADER_BYTES) throw new RangeError('not a likeness table');
  const [version = 0, width = 0] = new Uint32Array(bytes, 0, 2);
  if (bytes.byteLength !== HEADER_BYTES + DIRECTIONS * (8 + width)) throw new RangeError('not a likeness table');
  const scales = new Float32Array(bytes, HEADER_BYTES, DIRECTIONS);
  const offsets = new Float32Array(bytes, HEADER_BYTES + DIRECTIONS * 4, DIRECTIONS);
  const weights = new Int8Array(bytes, HEADER_BYTES + DIRECTIONS * 8);
  return {
    version,
    width,
    reduce: (vector) => {
      if (vector.length !== width) throw new RangeError(`a vector of ${vector.length} dimensions, not ${width}`);
      return scales.map((scale, row) => {
        let sum = 0;
        for (let column = 0, at = row * width; column < width; column += 1, at += 1)
          sum += (weights[at] ?? 0) * (vector[column] ?? 0);
        return scale * sum - (offsets[row] ?? 0);
      });
    },
  };
};
