import { type DynamoDBClient, GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import type { ConversationHead, ConversationStore } from '../../../application/ports.ts';
import { Failure } from '../../../domain/contract/failures.ts';
import { ConversationId, STORED_TURN_NAMES } from '../../../domain/contract/ids.ts';
import { fromItem, type Item, toItem } from '../attributes.ts';
import { orUnavailable } from '../client.ts';
import { conversationPk, HEAD_SK, ownerKey } from '../keys.ts';

const HeadItem = z.object({
  conversation_id: STORED_TURN_NAMES.conversation_id,
  title: z.string(),
  created_at: z.number(),
  last_activity_at: z.number(),
});

const toHead = (item: Item): ConversationHead => {
  const head = HeadItem.parse(fromItem(item));
  return {
    conversationId: head.conversation_id,
    title: head.title,
    createdAtMs: head.created_at,
    lastActivityAtMs: head.last_activity_at,
  };
};

/** Where a page ended: the head's place in its owner's list. */
const Cursor = z.strictObject({ id: ConversationId, at: z.int() });

const encodeCursor = (head: ConversationHead): string =>
  Buffer.from(JSON.stringify({ id: head.conversationId, at: head.lastActivityAtMs })).toString('base64url');

const decodeCursor = (cursor: string): z.output<typeof Cursor> => {
  try {
    return Cursor.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
  } catch (cause) {
    throw new Failure('INVALID_REQUEST', 'cursor is not one that a page of this list gave.', { cause });
  }
};

/** Heads in the Conversations table. @see ConversationStore */
export const makeConversationStore = (client: DynamoDBClient, table: string): ConversationStore => ({
  list: async ({ tenant, userId }, limit, abortSignal, cursor) => {
    const owner = ownerKey(tenant, userId);
    const start = cursor === undefined ? undefined : decodeCursor(cursor);
    const command = new QueryCommand({
      TableName: table,
      IndexName: 'by_owner',
      KeyConditionExpression: '#owner = :owner',
      ExpressionAttributeNames: { '#owner': 'owner' },
      ExpressionAttributeValues: toItem({ ':owner': owner }),
      ScanIndexForward: false,
      Limit: limit,
      ...(start === undefined
        ? {}
        : {
            ExclusiveStartKey: toItem({
              owner,
              last_activity_at: start.at,
              pk: conversationPk({ tenant, userId, conversationId: start.id }),
              sk: HEAD_SK,
            }),
          }),
    });
    const { Items = [], LastEvaluatedKey } = await orUnavailable(client.send(command, { abortSignal }));
    const items = Items.map(toHead);
    const last = items.at(-1);
    return { items, next: LastEvaluatedKey === undefined || last === undefined ? undefined : encodeCursor(last) };
  },

  head: async (conversation, abortSignal) => {
    const command = new GetItemCommand({
      TableName: table,
      Key: toItem({ pk: conversationPk(conversation), sk: HEAD_SK }),
      ConsistentRead: true,
    });
    const { Item } = await orUnavailable(client.send(command, { abortSignal }));
    return Item === undefined ? undefined : toHead(Item);
  },
});
