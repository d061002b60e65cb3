import type { AgentProfile } from './agent-profile.ts';

/** For each profile, in their order, the cosine of what it and a message say, rare words counting most; in [0, 1]. */
export type GramOverlap = (grams: ReadonlySet<number>) => Float64Array;

/** How rare a gram is that this many of `all` profiles have. */
const rarity = (all: number, having: number): number => Math.log((all + 1) / having);

/** Compares messages with what agents' texts say, word by word. */
export const gramOverlap = (profiles: readonly AgentProfile[]): GramOverlap => {
  const holders = new Map<number, number[]>();
  for (const [index, { grams }] of profiles.entries())
    for (const gram of grams) {
      const list = holders.get(gram);
      if (list === undefined) holders.set(gram, [index]);
      else list.push(index);
    }
  const rarityOf = (list: readonly number[]): number => rarity(profiles.length, list.length);
  const squares = profiles.map(({ grams }) =>
    grams.reduce((sum, gram) => sum + rarityOf(holders.get(gram) ?? []) ** 2, 0),
  );
  return (grams) => {
    const overlap = new Float64Array(profiles.length);
    let square = 0;
    for (const gram of grams) {
      const list = holders.get(gram);
      if (list === undefined) continue;
      const weight = rarityOf(list) ** 2;
      square += weight;
      for (const index of list) overlap[index] = (overlap[index] ?? 0) + weight;
    }
    return overlap.map((sum, index) => (sum === 0 ? 0 : sum / Math.sqrt(square * (squares[index] ?? 1))));
  };
};
