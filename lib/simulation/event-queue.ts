/** Things that happen at a time, taken out in order of time; of those at the same time, first what was put in first. */
export interface EventQueue<T> {
  put(atMs: number, event: T): void;
  /** Time of the next one; infinite if there is none. */
  nextMs(): number;
  take(): T | undefined;
}

interface Entry<T> {
  readonly atMs: number;
  readonly order: number;
  readonly event: T;
}

const isBefore = <T>(left: Entry<T>, right: Entry<T>): boolean =>
  left.atMs < right.atMs || (left.atMs === right.atMs && left.order < right.order);

/** A binary heap: an hour of traffic has some hundred thousand events. */
export const makeEventQueue = <T>(): EventQueue<T> => {
  const heap: Entry<T>[] = [];
  let order = 0;

  const rise = (entry: Entry<T>): void => {
    let at = heap.length;
    for (;;) {
      const parentAt = (at - 1) >> 1;
      const parent = at === 0 ? undefined : heap[parentAt];
      if (parent === undefined || isBefore(parent, entry)) break;
      heap[at] = parent;
      at = parentAt;
    }
    heap[at] = entry;
  };

  const sink = (entry: Entry<T>): void => {
    let at = 0;
    for (;;) {
      const left = heap[2 * at + 1];
      const right = heap[2 * at + 2];
      const isRight = left !== undefined && right !== undefined && isBefore(right, left);
      const child = isRight ? right : left;
      if (child === undefined || isBefore(entry, child)) break;
      heap[at] = child;
      at = 2 * at + (isRight ? 2 : 1);
    }
    heap[at] = entry;
  };

  return {
    put: (atMs, event) => {
      rise({ atMs, order, event });
      order += 1;
    },
    nextMs: () => heap[0]?.atMs ?? Number.POSITIVE_INFINITY,
    take: () => {
      const first = heap[0];
      const last = heap.pop();
      if (last !== undefined && heap.length > 0) sink(last);
      return first?.event;
    },
  };
};
