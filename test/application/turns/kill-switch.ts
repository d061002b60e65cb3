/** One call of a port, by name. */
export type CallName = string;

export interface KillSwitch {
  /** Calls of the ports so far, in order. */
  readonly calls: readonly CallName[];
  /** Settles when the process has stopped. */
  readonly stopped: Promise<void>;
  /** The same port as this process sees it. */
  wrap<T extends object>(name: string, port: T): T;
}

const never = new Promise<never>(() => undefined);

/**
 * Stops a process just before or just after its call number `at` (from 0) of any port: from then on no call of it is
 * made and none returns, so that nothing it could catch is ever thrown.
 */
export const makeKillSwitch = (at = Number.POSITIVE_INFINITY, moment: 'before' | 'after' = 'before'): KillSwitch => {
  const calls: CallName[] = [];
  let dead = false;
  const { promise: stopped, resolve } = Promise.withResolvers<void>();
  const die = (): Promise<never> => {
    dead = true;
    resolve();
    return never;
  };

  const guard = async (name: CallName, call: () => unknown): Promise<unknown> => {
    if (dead) return never;
    const mine = calls.push(name) - 1;
    if (mine === at && moment === 'before') return die();
    const result = await call();
    if (mine === at) return die();
    return dead ? never : result;
  };

  async function* guardEach(name: CallName, items: AsyncIterable<unknown>): AsyncIterable<unknown> {
    for await (const item of items) yield await guard(name, () => item);
  }

  const isIterable = (value: unknown): value is AsyncIterable<unknown> =>
    typeof value === 'object' && value !== null && Symbol.asyncIterator in value;

  return {
    calls,
    stopped,
    wrap: (name, port) =>
      new Proxy(port, {
        get: (target, property, receiver) => {
          const member: unknown = Reflect.get(target, property, receiver);
          if (typeof member !== 'function') return member;
          return (...args: unknown[]) => {
            const label = `${name}.${String(property)}`;
            if (property === 'overdue') {
              const items: unknown = member.apply(target, args);
              if (isIterable(items)) return guardEach(label, items);
            }
            return guard(label, () => member.apply(target, args));
          };
        },
      }),
  };
};
