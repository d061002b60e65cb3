/** Does something for a group, whose members it gets together. */
export type Commit<Key> = (key: Key, members: ReadonlySet<string>, signal: AbortSignal) => Promise<void>;

interface Group {
  readonly members: Set<string>;
  /** Of the member that came last: the one with the most time left. */
  signal: AbortSignal;
  readonly done: Promise<void>;
}

/**
 * Commits each key's members one group after the other: those that come while one group is at work make up the next,
 * so that many changes of one thing do not compete. Each caller waits for a commit that began after its call.
 */
export const makeGroupCommit = <Key>(commit: Commit<Key>) => {
  const waiting = new Map<Key, Group>();
  const working = new Map<Key, Promise<void>>();

  const open = (key: Key, member: string, signal: AbortSignal): Group => {
    const begin = (): Promise<void> => {
      waiting.delete(key);
      return commit(key, group.members, group.signal);
    };
    const done = (working.get(key) ?? Promise.resolve()).then(begin);
    const group: Group = { members: new Set([member]), signal, done };
    // The next group begins however this one ends; its own callers hear how.
    const settled = done.then(
      () => undefined,
      () => undefined,
    );
    working.set(key, settled);
    void settled.then(() => {
      if (working.get(key) === settled) working.delete(key);
    });
    return group;
  };

  return (key: Key, member: string, signal: AbortSignal): Promise<void> => {
    const group = waiting.get(key) ?? open(key, member, signal);
    waiting.set(key, group);
    group.members.add(member);
    group.signal = signal;
    return group.done;
  };
};
