import type { AttemptId } from '../../domain/contract/ids.ts';
import type { Attempt } from '../../domain/contract/message.ts';
import { type DeliveryPolicy, retryDelayMs } from '../../domain/delivery/delivery-policy.ts';
import type { DeliveryFailure, Outcome, PendingTurn, Turn } from '../../domain/turn/turn.ts';
import type { Chance } from '../../domain/turn/turn-id.ts';
import { storeSignal } from '../deadlines.ts';
import type { Clock, Log, Measure, TurnStore, UndeliveredQueue } from '../ports.ts';

export interface EndDeliveryDependencies {
  readonly turns: TurnStore;
  readonly queue: UndeliveredQueue;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly policy: DeliveryPolicy;
  readonly measure: Measure;
  readonly log: Log;
}

/** A turn in the hands of one delivery. */
export interface Held {
  /** Leased to `attemptId`. */
  readonly turn: PendingTurn;
  readonly attemptId: AttemptId;
  /** Whether it is tried again when nobody could answer. */
  readonly ifUnavailable: 'queue' | 'fail';
}

/**
 * The two ends of a delivery, each a write that takes effect only while the lease is still this delivery's.
 * Both return the turn as it is stored afterwards, settled by whomever.
 *
 * @throws Failure STORE_UNAVAILABLE
 */
export const makeEndDelivery = (deps: EndDeliveryDependencies) => {
  const withoutAnswer = async (held: Held, reason: DeliveryFailure, attempts: readonly Attempt[]): Promise<Turn> => {
    const { turn, attemptId } = held;
    const nowMs = deps.clock();
    if (held.ifUnavailable === 'fail' || turn.deliveryCount >= deps.policy.maxDeliveries) {
      const stored = await deps.turns.abandon(turn, attemptId, { reason, attempts, nowMs }, storeSignal());
      if (stored.status === 'undeliverable') deps.measure('TurnsUndeliverable', 1);
      return stored;
    }
    const delayMs = retryDelayMs(turn.deliveryCount, deps.policy, deps.chance);
    const next = { atMs: nowMs + delayMs, reason, attempts };
    const stored = await deps.turns.postpone(turn, attemptId, next, storeSignal());
    if (stored.status !== 'pending' || stored.lease !== undefined) return stored;
    deps.measure('TurnsPending', 1);
    // The turn's item decides, not the queue: if this send fails, the sweeper finds the turn when its time has come.
    await deps.queue.send(turn.key, delayMs, storeSignal()).catch((cause: unknown) => {
      deps.log.warn('turn not queued; left to the sweeper', { turn_id: turn.key.turnId, cause });
    });
    return stored;
  };

  const withAnswer = async (held: Held, outcome: Outcome, attempts: readonly Attempt[]): Promise<Turn> => {
    const { turn, attemptId } = held;
    const stored = await deps.turns.answer(turn, attemptId, outcome, attempts, deps.clock(), storeSignal());
    if (stored.status === 'answered' && stored.answeredBy === attemptId) deps.measure('TurnsAnswered', 1);
    return stored;
  };

  return {
    /** Records the answer. */
    withAnswer,
    /** Gives the turn back for another try, through the undelivered queue; or ends it, if there is none left. */
    withoutAnswer,
  };
};
