import { DeleteItemCommand, type DynamoDBClient, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { AttemptId } from '../../../domain/contract/ids.ts';
import type { PendingTurn, Turn, TurnKey } from '../../../domain/turn/turn.ts';
import { type Item, toItem } from '../attributes.ts';
import { attemptWrite, orUnavailable, storeUnavailable, type WriteResult } from '../client.ts';
import { conversationPk } from '../keys.ts';
import { readText } from './large-text.ts';
import { parseTurnItem, type TurnItem, toTurn } from './turn-item.ts';
import { heldBy, type TurnUpdate } from './turn-updates.ts';

/** Reads and writes of single turns, on which the turn store is built. */
export const makeTurnRecords = (client: DynamoDBClient, table: string) => {
  const keyOf = (key: TurnKey): Item => toItem({ pk: conversationPk(key), sk: key.turnId });

  /** The whole turn of an item, its parts read in parallel. */
  const assemble = async (item: TurnItem, signal: AbortSignal): Promise<Turn> => {
    const place = { table, pk: item.pk, turnId: item.turn_id };
    const [request, outcome] = await Promise.all([
      readText(client, place, item.request, signal),
      item.outcome === undefined ? undefined : readText(client, place, item.outcome, signal),
    ]);
    return toTurn(item, { request, outcome });
  };

  const get = async (key: TurnKey, abortSignal: AbortSignal): Promise<Turn | undefined> => {
    const command = new GetItemCommand({ TableName: table, Key: keyOf(key), ConsistentRead: true });
    const { Item } = await orUnavailable(client.send(command, { abortSignal }));
    return Item === undefined ? undefined : assemble(parseTurnItem(Item), abortSignal);
  };

  const update = (key: TurnKey, change: TurnUpdate, abortSignal: AbortSignal): Promise<WriteResult> =>
    attemptWrite(client.send(new UpdateItemCommand({ TableName: table, Key: keyOf(key), ...change }), { abortSignal }));

  /** Whether the turn is there, without reading its texts. */
  const exists = async (key: TurnKey, abortSignal: AbortSignal): Promise<boolean> => {
    const command = new GetItemCommand({
      TableName: table,
      Key: keyOf(key),
      ConsistentRead: true,
      ProjectionExpression: 'pk',
    });
    return (await orUnavailable(client.send(command, { abortSignal }))).Item !== undefined;
  };

  return {
    assemble,
    get,
    exists,
    update,

    /**
     * Settles a held turn: writes, reads the turn if the write's fate is unknown, and writes once more if it is known
     * not to have happened.
     * @param settled the turn if this write took effect
     * @returns the turn as stored afterwards
     */
    settle: async (
      turn: PendingTurn,
      attemptId: AttemptId,
      change: TurnUpdate,
      settled: Turn,
      signal: AbortSignal,
    ): Promise<Turn> => {
      for (let tries = 0; tries < 2; tries += 1) {
        const result = await update(turn.key, change, signal);
        if (result.kind === 'done') return settled;
        const stored = await get(turn.key, signal);
        if (stored === undefined) throw storeUnavailable(new Error(`${turn.key.turnId} is gone`));
        const stillMine = stored.status === 'pending' && stored.lease?.attemptId === attemptId;
        if (!stillMine) return stored;
      }
      throw storeUnavailable(new Error(`${turn.key.turnId} could not be settled`));
    },

    /** Deletes a held turn. @throws Failure STORE_UNAVAILABLE unless it is gone for certain */
    remove: async (turn: PendingTurn, attemptId: AttemptId, abortSignal: AbortSignal): Promise<void> => {
      const command = new DeleteItemCommand({ TableName: table, Key: keyOf(turn.key), ...heldBy(attemptId) });
      const result = await attemptWrite(client.send(command, { abortSignal }));
      // A lost reply looks like a failure, and a retry behind it like a failed condition.
      if (result.kind === 'done' || !(await exists(turn.key, abortSignal))) return;
      throw storeUnavailable(
        result.kind === 'failed' ? result.cause : new Error(`${turn.key.turnId} is no longer held`),
      );
    },
  };
};
