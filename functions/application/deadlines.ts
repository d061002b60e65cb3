import type { Stopwatch } from './ports.ts';

/** The longest that one store or queue call may take. */
const STORE_TIMEOUT_MS = 5_000;

/** Time kept free after a deadline to record what became of the turn. */
export const SETTLE_MARGIN_MS = 2 * STORE_TIMEOUT_MS;

/** A signal for one store or queue call. */
export const storeSignal = (): AbortSignal => AbortSignal.timeout(STORE_TIMEOUT_MS);

/** Milliseconds since `startedMs`, to the microsecond. */
export const elapsedMs = (stopwatch: Stopwatch, startedMs: number): number =>
  Math.round((stopwatch() - startedMs) * 1000) / 1000;
