import { type DynamoDBClient, GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import type { OpenTurns } from '../../../application/ports.ts';
import { STORED_TURN_NAMES } from '../../../domain/contract/ids.ts';
import type { TurnKey } from '../../../domain/turn/turn.ts';
import { type Item, toItem } from '../attributes.ts';
import { orUnavailable, storeUnavailable } from '../client.ts';
import { conversationPk, OPEN_SHARDS, splitKey, tenantPrefix } from '../keys.ts';
import { parseTurnItem } from './turn-item.ts';
import { makeTurnRecords } from './turn-records.ts';

const PAGE = 100;

/** Entries of one shard that a count looks at. */
const COUNTED = 1_000;

const StoredKey = z.object(STORED_TURN_NAMES).transform(
  ({ tenant, user_id: userId, conversation_id: conversationId, turn_id: turnId }): TurnKey => ({
    tenant,
    userId,
    conversationId,
    turnId,
  }),
);

const keyFrom = (item: Item) => {
  const [, tenant, user_id, conversation_id] = splitKey(item.pk?.S ?? '');
  return StoredKey.safeParse({ tenant, user_id, conversation_id, turn_id: item.sk?.S });
};

/** The index of open turns, and the release of overdue ones. @see OpenTurns */
export const makeOpenTurns = (client: DynamoDBClient, table: string): OpenTurns => {
  const records = makeTurnRecords(client, table);

  async function* overdueIn(shard: string, beforeMs: number, abortSignal: AbortSignal): AsyncIterable<Item> {
    let start: Item | undefined;
    do {
      const command = new QueryCommand({
        TableName: table,
        IndexName: 'open',
        KeyConditionExpression: 'open_shard = :shard AND open_at < :before',
        ExpressionAttributeValues: toItem({ ':shard': shard, ':before': beforeMs }),
        Limit: PAGE,
        ...(start === undefined ? {} : { ExclusiveStartKey: start }),
      });
      const page = await orUnavailable(client.send(command, { abortSignal }));
      yield* page.Items ?? [];
      start = page.LastEvaluatedKey;
    } while (start !== undefined);
  }

  return {
    overdue: async function* (beforeMs, signal) {
      const faults: unknown[] = [];
      for (const shard of OPEN_SHARDS)
        try {
          for await (const item of overdueIn(shard, beforeMs, signal)) {
            const key = keyFrom(item);
            if (key.success) yield key.data;
            else faults.push(key.error);
          }
        } catch (fault) {
          faults.push(fault);
        }
      if (faults.length > 0) throw faults[0];
    },

    release: async (key, nowMs, hiddenUntilMs, abortSignal) => {
      const Key = toItem({ pk: conversationPk(key), sk: key.turnId });
      const read = new GetItemCommand({ TableName: table, Key, ConsistentRead: true });
      const { Item } = await orUnavailable(client.send(read, { abortSignal }));
      const openAt = Number(Item?.open_at?.N ?? Number.POSITIVE_INFINITY);
      if (Item === undefined || openAt >= nowMs || parseTurnItem(Item).status !== 'pending') return false;
      const result = await records.update(
        key,
        {
          UpdateExpression: 'SET open_at = :hidden, next_attempt_at = :now REMOVE lease_id, lease_until',
          ConditionExpression: '#status = :pending AND open_at = :seen',
          ExpressionAttributeNames: { '#status': 'status' },
          ExpressionAttributeValues: toItem({
            ':hidden': hiddenUntilMs,
            ':now': nowMs,
            ':pending': 'pending',
            ':seen': openAt,
          }),
        },
        abortSignal,
      );
      if (result.kind === 'failed') throw storeUnavailable(result.cause);
      return result.kind === 'done';
    },

    activeConversations: async (tenant, abortSignal) => {
      const inShard = async (shard: string): Promise<readonly string[]> => {
        const command = new QueryCommand({
          TableName: table,
          IndexName: 'open',
          KeyConditionExpression: 'open_shard = :shard',
          FilterExpression: 'begins_with(pk, :tenant)',
          ProjectionExpression: 'pk',
          ExpressionAttributeValues: toItem({ ':shard': shard, ':tenant': tenantPrefix(tenant) }),
          Limit: COUNTED,
        });
        const { Items = [] } = await client.send(command, { abortSignal });
        return Items.flatMap(({ pk }) => pk?.S ?? []);
      };
      const found = await orUnavailable(Promise.all(OPEN_SHARDS.map(inShard)));
      return new Set(found.flat()).size;
    },
  };
};
