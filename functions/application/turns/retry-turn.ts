import { AttemptId } from '../../domain/contract/ids.ts';
import type { TurnKey } from '../../domain/turn/turn.ts';
import type { CallMeter } from '../agent-ports.ts';
import { SETTLE_MARGIN_MS, storeSignal } from '../deadlines.ts';
import { PAST_TURNS } from './decide-route.ts';
import { type DeliveryDependencies, makeDeliverTurn } from './deliver-turn.ts';
import { makeReadTenant } from './read-tenant.ts';

export interface RetryTurnDependencies extends DeliveryDependencies {
  readonly meter: CallMeter;
  readonly mintId: () => string;
}

/**
 * Delivers an undelivered turn once more, if it is still open and its time has come. Duplicate, late and early calls
 * are harmless: the turn's item decides.
 *
 * @throws Failure STORE_UNAVAILABLE; the caller's queue then brings the turn again
 */
export const makeRetryTurn = (deps: RetryTurnDependencies) => {
  const readTenant = makeReadTenant(deps);
  const deliver = makeDeliverTurn(deps);
  return async (key: TurnKey): Promise<void> => {
    const nowMs = deps.clock();
    const deadlineAtMs = nowMs + deps.policy.workerDeadlineMs;
    const attemptId = AttemptId.parse(deps.mintId());
    const untilMs = deadlineAtMs + SETTLE_MARGIN_MS + deps.policy.leaseMarginMs;
    const claim = await deps.turns.claim(key, { attemptId, untilMs }, nowMs, storeSignal());
    if (claim.kind === 'not_due') return deps.queue.send(key, claim.dueAtMs - nowMs, storeSignal());
    if (claim.kind !== 'claimed') {
      deps.log.info('nothing to deliver', { turn_id: key.turnId, state: claim.kind });
      return;
    }
    const { turn } = claim;
    if (turn.deliveryCount > deps.policy.maxDeliveries) {
      // Its last delivery vanished without a word; one more could take the worker down with it for ever.
      const end = { reason: 'INTERRUPTED' as const, attempts: turn.attempts, nowMs };
      const stored = await deps.turns.abandon(turn, attemptId, end, storeSignal());
      if (stored.status === 'undeliverable') deps.measure('TurnsUndeliverable', 1);
      return;
    }
    // What cannot be written is written later: the turn does not depend on it.
    void deps.meter.flush();
    const [past, routing] = await Promise.all([
      deps.turns.newest(key, PAST_TURNS, storeSignal(), key.turnId),
      readTenant(key.tenant),
    ]);
    await deliver({ turn, attemptId, past, ...routing, deadlineAtMs, ifUnavailable: 'queue' });
  };
};
