/** What of an agent says when it should be checked. */
interface Checkable {
  readonly owner: string;
  readonly state: { readonly lastCheckMs: number | null };
}

const byLastCheck = (left: Checkable, right: Checkable): number =>
  (left.state.lastCheckMs ?? 0) - (right.state.lastCheckMs ?? 0);

/**
 * The order in which agents are checked, for runs that may end before all were: one of each owner in turn, so that no
 * owner's many agents keep another's waiting; of one owner those first that were not checked for longest.
 */
export const checkOrder = <T extends Checkable>(agents: readonly T[]): readonly T[] => {
  const queues = [...Map.groupBy(agents, ({ owner }) => owner).values()].map((queue) => queue.toSorted(byLastCheck));
  const rounds = Math.max(0, ...queues.map(({ length }) => length));
  return Array.from({ length: rounds }, (_, round) => queues.flatMap((queue) => queue.slice(round, round + 1))).flat();
};
