import type { Stopwatch } from './ports.ts';

/** The longest that one store or queue call may take. */
export const STORE_TIMEOUT_MS = 5_000;

/** Time kept free after a deadline to record what became of the turn. */
export const SETTLE_MARGIN_MS = 2 * STORE_TIMEOUT_MS;

/** A signal for one store or queue call. @param atMostMs what is left for it, if that is less than such a call may take */
export const storeSignal = (atMostMs = STORE_TIMEOUT_MS): AbortSignal =>
  AbortSignal.timeout(Math.max(0, Math.min(STORE_TIMEOUT_MS, atMostMs)));

/** Milliseconds since `startedMs`, to the microsecond. */
export const elapsedMs = (stopwatch: Stopwatch, startedMs: number): number =>
  Math.round((stopwatch() - startedMs) * 1000) / 1000;
