import { AttemptId, ConversationId } from '../../domain/contract/ids.ts';
import {
  type AnsweredReply,
  DEFAULT_DEADLINE_MS,
  type MessageRequest,
  type PendingReply,
} from '../../domain/contract/message.ts';
import type { ConversationKey, PendingTurn, Turn, TurnRequest } from '../../domain/turn/turn.ts';
import { mintTurnId, mintTurnIdAfter } from '../../domain/turn/turn-id.ts';
import type { CallMeter } from '../agent-ports.ts';
import { SETTLE_MARGIN_MS, storeSignal } from '../deadlines.ts';
import type { PastTurn, Principal } from '../ports.ts';
import { checkPin } from './check-pin.ts';
import { PAST_TURNS } from './decide-route.ts';
import { type DeliveryDependencies, makeDeliverTurn } from './deliver-turn.ts';
import { type Held, makeEndDelivery } from './end-delivery.ts';
import { makeReadTenant } from './read-tenant.ts';
import { turnReply } from './turn-reply.ts';
import { turnRequest } from './turn-request.ts';

export interface RouteMessageDependencies extends DeliveryDependencies {
  readonly meter: CallMeter;
  /** A fresh unguessable id. */
  readonly mintId: () => string;
}

/**
 * Accepts a message as a turn, delivers it and says what became of it.
 *
 * Nothing is stored before the request is known to be good. From the moment the turn is stored, it ends: if this
 * instance vanishes, its lease runs out and the sweeper hands it on.
 *
 * @throws Failure MESSAGE_TOO_LARGE, INVALID_REQUEST, AGENT_NOT_FOUND, STORE_UNAVAILABLE before a turn exists;
 *   AGENT_FAILED, NO_AGENT_AVAILABLE, DEADLINE_EXCEEDED with a turn id when the caller asked for `if_unavailable: fail`
 */
export const makeRouteMessage = (deps: RouteMessageDependencies) => {
  const readTenant = makeReadTenant(deps);
  const deliver = makeDeliverTurn(deps);
  const end = makeEndDelivery(deps);

  const newTurn = (conversation: ConversationKey, request: TurnRequest, nowMs: number, leaseUntilMs: number) => {
    const attemptId = AttemptId.parse(deps.mintId());
    const turn: PendingTurn = {
      status: 'pending',
      key: { ...conversation, turnId: mintTurnId(nowMs, deps.chance) },
      request,
      createdAtMs: nowMs,
      deliveryCount: 1,
      attempts: [],
      lease: { attemptId, untilMs: leaseUntilMs },
      nextAttemptAtMs: nowMs,
    };
    return { turn, attemptId };
  };

  /** A turn that was sent after another's reply sorts after that turn, also when the other instance's clock is ahead. */
  const placeAfter = async (turn: PendingTurn, past: readonly PastTurn[]): Promise<PendingTurn> => {
    const newest = past.find(({ turnId }) => turnId > turn.key.turnId);
    if (newest === undefined) return turn;
    await deps.turns.withdraw(turn, storeSignal());
    const turnId = mintTurnIdAfter(newest.turnId, deps.clock(), deps.chance);
    const moved = { ...turn, key: { ...turn.key, turnId } };
    await deps.turns.accept(moved, storeSignal());
    return moved;
  };

  /** Takes a turn back that its caller will not hear of. If that fails, the turn is delivered for nobody. */
  const takeBack = (turn: PendingTurn): Promise<void> =>
    deps.turns.withdraw(turn, storeSignal()).catch((cause: unknown) => {
      deps.log.warn('turn not taken back', { turn_id: turn.key.turnId, cause });
    });

  /** Ends a delivery that broke off. The turn is stored: if it can't be given back, the sweeper finds it after its lease. */
  const breakOff = (held: Held): Promise<Turn> =>
    end.withoutAnswer(held, 'STORE_UNAVAILABLE', held.turn.attempts).catch((cause: unknown) => {
      deps.log.warn('turn left to the sweeper', { turn_id: held.turn.key.turnId, cause });
      return { ...held.turn, reason: 'STORE_UNAVAILABLE' as const };
    });

  return async (
    principal: Principal,
    request: MessageRequest,
    remainingMs: number,
  ): Promise<AnsweredReply | PendingReply> => {
    const accepting = turnRequest(request);
    const nowMs = deps.clock();
    const startedMs = deps.stopwatch();
    const budgetMs = Math.min(request.deadlineMs ?? DEFAULT_DEADLINE_MS, Math.max(0, remainingMs - SETTLE_MARGIN_MS));
    const deadlineAtMs = nowMs + budgetMs;

    const reading = readTenant(principal.tenant);
    // Where this instance has no agents yet, the turn is then the third round trip: a refused pin leaves nothing behind.
    if (request.agentId !== undefined) checkPin((await reading).agents, request, deps);

    const leaseUntilMs = deadlineAtMs + SETTLE_MARGIN_MS + deps.policy.leaseMarginMs;
    const conversation: ConversationKey = {
      tenant: principal.tenant,
      userId: principal.userId,
      conversationId: request.conversationId ?? ConversationId.parse(`conv_${deps.mintId()}`),
    };
    const { turn, attemptId } = newTurn(conversation, accepting, nowMs, leaseUntilMs);
    // It writes beside the turn's own calls, and the caller does not wait for it.
    void deps.meter.flush();
    const [accepted, past, routing] = await Promise.allSettled([
      deps.turns.accept(turn, storeSignal()),
      deps.turns.newest(conversation, PAST_TURNS, storeSignal()),
      reading,
    ]);
    const lost = [accepted, past].find((result) => result.status === 'rejected');
    if (lost?.status === 'rejected' || past.status === 'rejected') {
      await takeBack(turn);
      throw lost?.reason;
    }
    // A failure while the turn moves leaves it unknown whether there is one: no turn id may be told.
    const held = {
      turn: await placeAfter(turn, past.value),
      attemptId,
      ifUnavailable: request.ifUnavailable ?? 'queue',
    };
    const deliverHeld = async (): Promise<Turn> => {
      if (routing.status === 'rejected') throw routing.reason;
      return deliver({ ...held, ...routing.value, past: past.value, deadlineAtMs });
    };
    const stored = await deliverHeld().catch((cause: unknown) => {
      deps.log.error('delivery broken off', { turn_id: held.turn.key.turnId, cause });
      return breakOff(held);
    });
    const supervisors = stored.status === 'answered' ? (stored.decision.supervisors ?? []) : [];
    const agentMs = [...stored.attempts, ...supervisors].reduce((sum, { tookMs }) => sum + tookMs, 0);
    deps.measure('RouterOverhead', Math.max(0, deps.stopwatch() - startedMs - agentMs));
    return turnReply(stored);
  };
};
