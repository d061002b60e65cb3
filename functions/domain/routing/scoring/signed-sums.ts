/** Adds up a vector's places, each taken away where its bit is 0. @param signs a bit a place, the lowest of a byte first */
export type SumBySigns = (signs: Uint8Array) => number;

/** Prepares a vector for many such sums: the 256 sums of each eight places are looked up. */
export const signedSums = (vector: Float32Array): SumBySigns => {
  const bytes = vector.length / 8;
  const sums = new Float32Array(bytes * 256);
  for (let byte = 0; byte < bytes; byte += 1) {
    const at = byte * 256;
    let all = 0;
    for (let bit = 0; bit < 8; bit += 1) all += vector[byte * 8 + bit] ?? 0;
    sums[at] = -all;
    for (let signs = 1; signs < 256; signs += 1) {
      const bit = 31 - Math.clz32(signs);
      sums[at + signs] = (sums[at + (signs ^ (1 << bit))] ?? 0) + 2 * (vector[byte * 8 + bit] ?? 0);
    }
  }
  return (signs) => {
    let sum = 0;
    for (let byte = 0; byte < bytes; byte += 1) sum += sums[(byte << 8) | (signs[byte] ?? 0)] ?? 0;
    return sum;
  };
};

/** One such sum of a vector. */
export const signedSum = (vector: Float32Array, signs: Uint8Array): number => {
  let sum = 0;
  for (let place = 0; place < vector.length; place += 1) {
    const x = vector[place] ?? 0;
    sum += ((signs[place >>> 3] ?? 0) >>> (place & 7)) & 1 ? x : -x;
  }
  return sum;
};
