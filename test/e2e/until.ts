import { setTimeout as elapsed } from 'node:timers/promises';

const POLL_MS = 50;

/**
 * Asks again and again until there is something. Durations are real ones: the cloud's clock may be moved meanwhile.
 * @throws Error naming `what` after `timeoutMs`
 */
export const until = async <T>(
  what: string,
  look: () => Promise<T | undefined> | T | undefined,
  timeoutMs = 20_000,
): Promise<T> => {
  const startedMs = performance.now();
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() - startedMs > timeoutMs) throw new Error(`${what}: not within ${timeoutMs} ms`);
    await elapsed(POLL_MS);
  }
};
