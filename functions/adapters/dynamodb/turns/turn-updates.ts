import type { AttemptId } from '../../../domain/contract/ids.ts';
import type { Attempt } from '../../../domain/contract/message.ts';
import type { DeliveryFailure, Outcome, TurnKey } from '../../../domain/turn/turn.ts';
import { type Item, toItem } from '../attributes.ts';
import { joinKey, openShard } from '../keys.ts';
import type { StoredText } from './large-text.ts';
import { attemptsText } from './turn-item.ts';

/** The parts of an UpdateItem that say what changes and under which condition. */
export interface TurnUpdate {
  readonly UpdateExpression: string;
  readonly ConditionExpression: string;
  readonly ExpressionAttributeNames: Record<string, string>;
  readonly ExpressionAttributeValues: Item;
}

const NAMES = { '#status': 'status' };

/** Only the lease's holder may settle a turn, and only while it is pending. */
export const heldBy = (attemptId: AttemptId) => ({
  ConditionExpression: '#status = :pending AND lease_id = :mine',
  ExpressionAttributeNames: NAMES,
  ExpressionAttributeValues: toItem({ ':pending': 'pending', ':mine': attemptId }),
});

const whileHeld = (
  attemptId: AttemptId,
  update: string,
  values: Readonly<Record<string, string | number>>,
): TurnUpdate => {
  const held = heldBy(attemptId);
  return {
    ...held,
    UpdateExpression: update,
    ExpressionAttributeValues: { ...held.ExpressionAttributeValues, ...toItem(values) },
  };
};

/** Leases an open turn whose lease is over and whose time has come, and counts the delivery. */
export const claimUpdate = (
  key: TurnKey,
  lease: { attemptId: AttemptId; untilMs: number },
  nowMs: number,
): TurnUpdate => ({
  UpdateExpression:
    'SET lease_id = :mine, lease_until = :until, open_at = :until, open_shard = :shard, ' +
    'delivery_count = delivery_count + :one',
  ConditionExpression:
    '#status = :pending AND next_attempt_at <= :now AND (attribute_not_exists(lease_until) OR lease_until < :now)',
  ExpressionAttributeNames: NAMES,
  ExpressionAttributeValues: toItem({
    ':mine': lease.attemptId,
    ':until': lease.untilMs,
    ':shard': openShard(key.turnId),
    ':one': 1,
    ':pending': 'pending',
    ':now': nowMs,
  }),
});

export interface Answered {
  readonly outcome: Outcome;
  readonly stored: StoredText;
  readonly outcomeBytes: number;
  readonly attempts: readonly Attempt[];
  readonly nowMs: number;
  readonly expiresAtSeconds: number;
}

export const answerUpdate = (attemptId: AttemptId, answered: Answered): TurnUpdate => {
  const { agentId } = answered.outcome.answer;
  const agent = agentId === null ? '' : ', agent_id = :agent';
  return whileHeld(
    attemptId,
    'SET #status = :answered, outcome = :outcome, attempts = :attempts, answered_by = :mine, ended_at = :now, ' +
      `expires_at = :expiry, text_bytes = text_bytes + :bytes${agent} ` +
      'REMOVE open_shard, open_at, lease_id, lease_until, reason',
    {
      ':answered': 'answered',
      ':outcome': JSON.stringify(answered.stored),
      ':attempts': attemptsText(answered.attempts),
      ':now': answered.nowMs,
      ':expiry': answered.expiresAtSeconds,
      ':bytes': answered.outcomeBytes,
      ...(agentId === null ? {} : { ':agent': agentId }),
    },
  );
};

export const postponeUpdate = (
  attemptId: AttemptId,
  next: { atMs: number; reason: DeliveryFailure; attempts: readonly Attempt[] },
): TurnUpdate =>
  whileHeld(
    attemptId,
    'SET next_attempt_at = :at, open_at = :at, attempts = :attempts, reason = :reason REMOVE lease_id, lease_until',
    { ':at': next.atMs, ':attempts': attemptsText(next.attempts), ':reason': next.reason },
  );

export const abandonUpdate = (
  key: TurnKey,
  attemptId: AttemptId,
  end: { reason: DeliveryFailure; attempts: readonly Attempt[]; nowMs: number; expiresAtSeconds: number },
): TurnUpdate =>
  whileHeld(
    attemptId,
    'SET #status = :undeliverable, reason = :reason, attempts = :attempts, ended_at = :now, expires_at = :expiry, ' +
      'undeliverable_tenant = :tenant, undeliverable_at = :now REMOVE open_shard, open_at, lease_id, lease_until',
    {
      ':undeliverable': 'undeliverable',
      ':reason': end.reason,
      ':attempts': attemptsText(end.attempts),
      ':now': end.nowMs,
      ':expiry': end.expiresAtSeconds,
      ':tenant': joinKey('tenant', key.tenant),
    },
  );
