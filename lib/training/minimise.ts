/** A smooth function that is to be made small: its value at a point, and its slope there, written into `slope`. */
export type Loss = (at: Float64Array, slope: Float64Array) => number;

/** Steps of which the bend of the loss is remembered. */
const REMEMBERED = 8;
/** A step is taken if it brings this share of what the slope promises. */
const WORTH = 1e-4;
const SHORTEST = 1e-10;
/** A gain below this share of the loss is none. */
const NO_GAIN = 1e-7;

const dot = (left: Float64Array, right: Float64Array): number => {
  let sum = 0;
  for (let at = 0; at < left.length; at += 1) sum += (left[at] ?? 0) * (right[at] ?? 0);
  return sum;
};

const combined = (left: Float64Array, factor: number, right: Float64Array): Float64Array =>
  left.map((value, at) => value + factor * (right[at] ?? 0));

interface Step {
  readonly moved: Float64Array;
  readonly bent: Float64Array;
}

/** The way down by the slope and the bends of the last steps: Nocedal & Wright, Numerical Optimization, 7.4. */
const wayDown = (slope: Float64Array, steps: readonly Step[]): Float64Array => {
  let way: Float64Array = slope.map((value) => -value);
  const shares = steps.map(() => 0);
  for (const [index, { moved, bent }] of [...steps.entries()].reverse()) {
    const share = dot(moved, way) / dot(moved, bent);
    shares[index] = share;
    way = combined(way, -share, bent);
  }
  const last = steps.at(-1);
  if (last !== undefined) {
    const scale = dot(last.moved, last.bent) / dot(last.bent, last.bent);
    way = way.map((value) => scale * value);
  }
  for (const [index, { moved, bent }] of steps.entries())
    way = combined(way, (shares[index] ?? 0) - dot(bent, way) / dot(moved, bent), moved);
  return way;
};

/** Where a convex loss is least, by L-BFGS from `start`; at most `iterations` steps. The same loss, the same place. */
export const minimise = (loss: Loss, start: Float64Array, iterations: number): Float64Array => {
  let at = start;
  let slope = new Float64Array(start.length);
  let value = loss(at, slope);
  let steps: Step[] = [];
  for (let iteration = 0; iteration < iterations; iteration += 1) {
    const way = wayDown(slope, steps);
    const promise = dot(slope, way);
    let length = steps.length === 0 ? 1 / Math.max(1, Math.sqrt(dot(slope, slope))) : 1;
    const nextSlope = new Float64Array(start.length);
    let next = combined(at, length, way);
    let nextValue = loss(next, nextSlope);
    while (!(nextValue <= value + WORTH * length * promise) && length > SHORTEST) {
      length /= 2;
      next = combined(at, length, way);
      nextValue = loss(next, nextSlope);
    }
    if (!(nextValue < value * (1 - NO_GAIN))) return nextValue < value ? next : at;
    const step = { moved: combined(next, -1, at), bent: combined(nextSlope, -1, slope) };
    if (dot(step.moved, step.bent) > 0) steps = [...steps, step].slice(-REMEMBERED);
    at = next;
    slope = nextSlope;
    value = nextValue;
  }
  return at;
};
