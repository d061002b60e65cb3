/** Does `work` for all items in their order, at most `limit` at the same time. @returns what came of each, in that order */
export const inParallel = async <T, R>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<R>,
): Promise<readonly R[]> => {
  const results = new Map<number, R>();
  // One iterator for all: each takes the next item that none has taken.
  const waiting = items.entries();
  const take = async () => {
    for (const [index, item] of waiting) results.set(index, await work(item));
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, take));
  return [...results].sort(([left], [right]) => left - right).map(([, result]) => result);
};
