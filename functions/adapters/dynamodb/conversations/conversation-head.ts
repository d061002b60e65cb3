import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { PendingTurn } from '../../../domain/turn/turn.ts';
import { toItem } from '../attributes.ts';
import { conversationPk, HEAD_SK, ownerKey } from '../keys.ts';

const TITLE_CHARACTERS = 80;

const titleOf = (message: string): string => {
  const line = message.trim().split('\n', 1)[0] ?? '';
  return [...line.slice(0, 2 * TITLE_CHARACTERS)].slice(0, TITLE_CHARACTERS).join('').toWellFormed();
};

/** Shows a turn's conversation in its owner's list, first in line; its first turn gives it title and time of creation. */
export const touchHead = (
  table: string,
  { key, createdAtMs, request }: PendingTurn,
  expiresAtSeconds: number,
): UpdateItemCommand =>
  new UpdateItemCommand({
    TableName: table,
    Key: toItem({ pk: conversationPk(key), sk: HEAD_SK }),
    UpdateExpression:
      'SET #owner = :owner, conversation_id = :id, last_activity_at = :now, expires_at = :expiry, ' +
      '#title = if_not_exists(#title, :title), created_at = if_not_exists(created_at, :now)',
    ExpressionAttributeNames: { '#owner': 'owner', '#title': 'title' },
    ExpressionAttributeValues: toItem({
      ':owner': ownerKey(key.tenant, key.userId),
      ':id': key.conversationId,
      ':now': createdAtMs,
      ':expiry': expiresAtSeconds,
      ':title': titleOf(request.message),
    }),
  });
