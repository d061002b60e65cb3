/** What has been started and must be stopped, the last first. */
export interface Closers {
  add(close: () => Promise<void> | void): void;
  /**
   * Stops everything once; a second call waits for the first. One that fails does not keep the others running.
   * @throws AggregateError of what failed
   */
  closeAll(): Promise<void>;
}

export const makeClosers = (): Closers => {
  const closers: (() => Promise<void> | void)[] = [];
  let closing: Promise<void> | undefined;
  const closeAll = async (): Promise<void> => {
    const errors: unknown[] = [];
    for (const close of closers.toReversed()) {
      try {
        await close();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw new AggregateError(errors, 'the local cloud did not stop cleanly');
  };
  return {
    add: (close) => closers.push(close),
    closeAll: () => {
      closing ??= closeAll();
      return closing;
    },
  };
};
