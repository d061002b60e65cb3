/** The promise's outcome, or a rejection with `failure()` once `timeoutMs` are over; what it does goes on unheard. */
export const within = async <T>(timeoutMs: number, promise: Promise<T>, failure: () => Error): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(failure()), timeoutMs);
  });
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
};
