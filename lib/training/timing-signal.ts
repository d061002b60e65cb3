/** sin x for x in [0, 1] by its series, for a value that is the same on every machine; Math.sin may differ in a bit. */
const sine = (x: number): number => {
  let sum = 0;
  for (let n = 21; n >= 1; n -= 2) sum = 1 - (sum * x * x) / ((n + 1) * (n + 2));
  return x * sum;
};

/**
 * Position signal of `rows` positions: for each the sines, then the cosines of position · frequency.
 * Each position is the last one turned by one step; after 128 steps the error is below 1e-13.
 * @param frequencies in [0, 1] radians a position
 */
export const timingSignal = (frequencies: Float32Array, rows: number): Float32Array => {
  const count = frequencies.length;
  const signal = new Float32Array(rows * count * 2);
  frequencies.forEach((frequency, column) => {
    const turnSine = sine(frequency);
    const half = sine(frequency / 2);
    const turnCosine = 1 - 2 * half * half;
    let s = 0;
    let c = 1;
    for (let at = column; at < signal.length; at += count * 2) {
      signal[at] = s;
      signal[at + count] = c;
      const turned = s * turnCosine + c * turnSine;
      c = c * turnCosine - s * turnSine;
      s = turned;
    }
  });
  return signal;
};
