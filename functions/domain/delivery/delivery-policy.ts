import type { Chance } from '../turn/turn-id.ts';

/** How often and when a turn is tried again. */
export interface DeliveryPolicy {
  /** Deliveries of one turn, the caller's own included, before it is undeliverable. */
  readonly maxDeliveries: number;
  readonly baseDelayMs: number;
  readonly maxDelayMs: number;
  /** How much longer than its deadline a delivery's lease lasts: more than two clocks of ± 2 s can differ. */
  readonly leaseMarginMs: number;
  /** Time for one delivery by the worker, ms. */
  readonly workerDeadlineMs: number;
}

export const DELIVERY_POLICY: DeliveryPolicy = {
  // About a quarter of an hour of waiting in the mean: an agent may be down that long and no turn is lost.
  maxDeliveries: 10,
  baseDelayMs: 2_000,
  // SQS delays a message by 15 minutes at most.
  maxDelayMs: 15 * 60_000,
  leaseMarginMs: 6_000,
  workerDeadlineMs: 90_000,
};

/**
 * Delay before the delivery that follows `deliveries` failed ones, in ms, uniform in
 * [base, base + min(max − base, base · 2^deliveries)): full jitter above a floor, so that a retry never comes at once.
 *
 * @throws RangeError if `deliveries` < 1
 * @see "Exponential Backoff And Jitter", AWS Architecture Blog
 */
export const retryDelayMs = (deliveries: number, policy: DeliveryPolicy, chance: Chance): number => {
  if (deliveries < 1) throw new RangeError(`deliveries must be at least 1, not ${deliveries}`);
  const spreadMs = Math.min(policy.maxDelayMs - policy.baseDelayMs, policy.baseDelayMs * 2 ** deliveries);
  return Math.floor(policy.baseDelayMs + chance() * spreadMs);
};
