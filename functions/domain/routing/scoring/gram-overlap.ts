import type { AgentProfile } from './agent-profile.ts';

/** For each profile, in their order, the cosine of what it and a message say, rare words counting most; in [0, 1]. */
export type GramOverlap = (grams: ReadonlySet<number>) => Float64Array;

const GRAMS = 2 ** 16;

/** Compares messages with what agents' texts say, word by word. */
export const gramOverlap = (profiles: readonly AgentProfile[]): GramOverlap => {
  const count = profiles.length;
  /** Where each gram's list of profiles begins; the next one's beginning ends it. */
  const starts = new Uint32Array(GRAMS + 1);
  for (const { grams } of profiles) for (const gram of grams) starts[gram + 1] = (starts[gram + 1] ?? 0) + 1;
  /** How much it says that a text has a gram, squared. */
  const weights = new Float64Array(GRAMS);
  for (let gram = 0; gram < GRAMS; gram += 1) {
    const having = starts[gram + 1] ?? 0;
    if (having > 0) weights[gram] = Math.log((count + 1) / having) ** 2;
    starts[gram + 1] = having + (starts[gram] ?? 0);
  }
  const ends = starts.slice();
  const holders = new Uint32Array(starts[GRAMS] ?? 0);
  const squares = new Float64Array(count);
  for (const [index, { grams }] of profiles.entries())
    for (const gram of grams) {
      const end = ends[gram] ?? 0;
      holders[end] = index;
      ends[gram] = end + 1;
      squares[index] = (squares[index] ?? 0) + (weights[gram] ?? 0);
    }
  return (grams) => {
    const overlap = new Float64Array(count);
    let square = 0;
    for (const gram of grams) {
      const weight = weights[gram] ?? 0;
      square += weight;
      for (const index of holders.subarray(starts[gram], starts[gram + 1]))
        overlap[index] = (overlap[index] ?? 0) + weight;
    }
    return overlap.map((sum, index) => (sum === 0 ? 0 : sum / Math.sqrt(square * (squares[index] ?? 1))));
  };
};
