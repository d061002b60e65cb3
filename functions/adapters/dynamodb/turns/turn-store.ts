import { type DynamoDBClient, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import type { Claim, PastTurn, TurnStore } from '../../../application/ports.ts';
import { Failure } from '../../../domain/contract/failures.ts';
import { TurnId } from '../../../domain/contract/ids.ts';
import type { ConversationKey, Lease, PendingTurn, Turn, TurnKey } from '../../../domain/turn/turn.ts';
import { toItem } from '../attributes.ts';
import { attemptWrite, orUnavailable, storeUnavailable } from '../client.ts';
import { touchHead } from '../conversations/conversation-head.ts';
import { conversationPk, openShard, TURN_RANGE } from '../keys.ts';
import { type StoredText, writeText } from './large-text.ts';
import { attemptsText, outcomeText, parseTurnItem, requestText, type TurnItem } from './turn-item.ts';
import { makeTurnRecords } from './turn-records.ts';
import { abandonUpdate, answerUpdate, claimUpdate, postponeUpdate } from './turn-updates.ts';

export interface TurnStoreSettings {
  readonly table: string;
  /** Days that an ended turn is kept. */
  readonly retentionDays: number;
}

const DAY_SECONDS = 86_400;

/** Parts are written before their turn ends; a turn is open for less than this. */
const PARTS_GRACE_DAYS = 7;

/** Bytes of texts on one page of turns: a reply must stay under Lambda's 6 MB, JSON escapes included. */
const PAGE_BYTES = 2 * 1024 * 1024;

/** A page's cursor is the id of its last turn. */
const parseCursor = (cursor: string): TurnId => {
  const id = TurnId.safeParse(cursor);
  if (id.success) return id.data;
  throw new Failure('INVALID_REQUEST', 'cursor is not one that a page of this list gave.', { cause: id.error });
};

const heldLease = (turn: PendingTurn): Lease => {
  if (turn.lease === undefined) throw new TypeError('only a leased turn can be accepted or withdrawn');
  return turn.lease;
};

const expiryAfter = (fromMs: number, days: number): number => Math.floor(fromMs / 1000) + days * DAY_SECONDS;

/** Turns in the Conversations table. @see TurnStore */
export const makeTurnStore = (client: DynamoDBClient, { table, retentionDays }: TurnStoreSettings): TurnStore => {
  const records = makeTurnRecords(client, table);
  const placeOf = (key: TurnKey) => ({ table, pk: conversationPk(key), turnId: key.turnId });
  const partsExpiry = (nowMs: number): number => expiryAfter(nowMs, retentionDays + PARTS_GRACE_DAYS);

  const putTurn = (turn: PendingTurn, lease: Lease, request: StoredText, bytes: number): PutItemCommand =>
    new PutItemCommand({
      TableName: table,
      Item: toItem({
        pk: conversationPk(turn.key),
        sk: turn.key.turnId,
        tenant: turn.key.tenant,
        user_id: turn.key.userId,
        conversation_id: turn.key.conversationId,
        turn_id: turn.key.turnId,
        status: 'pending',
        created_at: turn.createdAtMs,
        delivery_count: turn.deliveryCount,
        lease_id: lease.attemptId,
        lease_until: lease.untilMs,
        next_attempt_at: turn.nextAttemptAtMs,
        open_shard: openShard(turn.key.turnId),
        open_at: lease.untilMs,
        request: JSON.stringify(request),
        text_bytes: bytes,
        attempts: attemptsText(turn.attempts),
      }),
      ConditionExpression: 'attribute_not_exists(pk)',
    });

  /** One page of turns, newest first. DynamoDB ends a page at 1 MB, whatever the limit: `next` says where. */
  const queryTurns = async (
    conversation: ConversationKey,
    limit: number,
    range: { upTo?: string | undefined; after?: string | undefined },
    abortSignal: AbortSignal,
  ) => {
    const pk = conversationPk(conversation);
    const command = new QueryCommand({
      TableName: table,
      KeyConditionExpression: 'pk = :pk AND sk BETWEEN :low AND :high',
      ExpressionAttributeValues: toItem({
        ':pk': pk,
        ':low': TURN_RANGE.low,
        ':high': range.upTo ?? TURN_RANGE.high,
      }),
      ConsistentRead: true,
      ScanIndexForward: false,
      Limit: limit,
      ...(range.after === undefined ? {} : { ExclusiveStartKey: toItem({ pk, sk: range.after }) }),
    });
    const { Items = [], LastEvaluatedKey } = await orUnavailable(client.send(command, { abortSignal }));
    return { found: Items.map(parseTurnItem), next: LastEvaluatedKey?.sk?.S };
  };

  return {
    accept: async (turn, abortSignal) => {
      const lease = heldLease(turn);
      const text = requestText(turn.request);
      const expiry = partsExpiry(turn.createdAtMs);
      const request = await writeText(client, placeOf(turn.key), text, 'request', expiry, abortSignal);
      const put = putTurn(turn, lease, request, Buffer.byteLength(text));
      const [written] = await Promise.all([
        // A turn's id is unique: if the item is there already, a retry of this very put wrote it.
        attemptWrite(client.send(put, { abortSignal })),
        orUnavailable(
          client.send(touchHead(table, turn, expiryAfter(turn.createdAtMs, retentionDays)), { abortSignal }),
        ),
      ]);
      if (written.kind === 'failed' && !(await records.exists(turn.key, abortSignal)))
        throw storeUnavailable(written.cause);
    },

    withdraw: (turn, signal) => records.remove(turn, heldLease(turn).attemptId, signal),

    newest: async (conversation, limit, abortSignal, upTo) => {
      const items: TurnItem[] = [];
      let after: string | undefined;
      do {
        const page = await queryTurns(conversation, limit - items.length, { upTo, after }, abortSignal);
        items.push(...page.found);
        after = page.next;
      } while (after !== undefined && items.length < limit);
      return items.map(
        (item): PastTurn => ({
          turnId: item.turn_id,
          status: item.status,
          bytes: item.text_bytes,
          agentId: item.agent_id ?? null,
          read: (signal) => records.assemble(item, signal),
        }),
      );
    },

    get: records.get,

    list: async (conversation, limit, abortSignal, cursor) => {
      const after = cursor === undefined ? undefined : parseCursor(cursor);
      const page = await queryTurns(conversation, limit, { after }, abortSignal);
      const { found } = page;
      let bytes = 0;
      const fitting = found.filter((item, index) => {
        bytes += item.text_bytes;
        return index === 0 || bytes <= PAGE_BYTES;
      });
      const items = await Promise.all(fitting.map((item) => records.assemble(item, abortSignal)));
      const next = fitting.length < found.length ? fitting.at(-1)?.turn_id : page.next;
      return { items, next };
    },

    claim: async (key, lease, nowMs, signal): Promise<Claim> => {
      const result = await records.update(key, claimUpdate(key, lease, nowMs), signal);
      const turn = await records.get(key, signal);
      if (turn === undefined) return { kind: 'unknown' };
      if (turn.status !== 'pending') return { kind: 'settled' };
      if (turn.lease?.attemptId === lease.attemptId) return { kind: 'claimed', turn };
      if (result.kind === 'failed') throw storeUnavailable(result.cause);
      return { kind: 'not_due', dueAtMs: Math.max(turn.nextAttemptAtMs, (turn.lease?.untilMs ?? 0) + 1, nowMs + 1) };
    },

    answer: async (turn, attemptId, outcome, attempts, nowMs, signal) => {
      const text = outcomeText(outcome);
      const stored = await writeText(
        client,
        placeOf(turn.key),
        text,
        // Not the attempt alone: parts of the request and of rival answers must keep keys of their own.
        `answer.${attemptId}`,
        partsExpiry(nowMs),
        signal,
      );
      const outcomeBytes = Buffer.byteLength(text);
      const expiresAtSeconds = expiryAfter(nowMs, retentionDays);
      const change = answerUpdate(attemptId, { outcome, stored, outcomeBytes, attempts, nowMs, expiresAtSeconds });
      const { lease: _lease, nextAttemptAtMs: _next, reason: _reason, ...rest } = turn;
      const settled: Turn = {
        ...rest,
        ...outcome,
        attempts,
        status: 'answered',
        answeredBy: attemptId,
        endedAtMs: nowMs,
      };
      return records.settle(turn, attemptId, change, settled, signal);
    },

    postpone: (turn, attemptId, next, signal) => {
      const { atMs: nextAttemptAtMs, reason, attempts } = next;
      const settled: Turn = { ...turn, lease: undefined, nextAttemptAtMs, reason, attempts };
      return records.settle(turn, attemptId, postponeUpdate(attemptId, next), settled, signal);
    },

    abandon: (turn, attemptId, end, signal) => {
      const change = abandonUpdate(turn.key, attemptId, {
        ...end,
        expiresAtSeconds: expiryAfter(end.nowMs, retentionDays),
      });
      const { lease: _lease, nextAttemptAtMs: _next, ...rest } = turn;
      const { reason, attempts, nowMs: endedAtMs } = end;
      const settled: Turn = { ...rest, status: 'undeliverable', reason, attempts, endedAtMs };
      return records.settle(turn, attemptId, change, settled, signal);
    },
  };
};
