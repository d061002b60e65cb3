import { setTimeout as delay } from 'node:timers/promises';
import { BatchGetItemCommand, type DynamoDBClient, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { AgentOwner, ProfileStore } from '../../../application/agent-ports.ts';
import type { Clock, Log } from '../../../application/ports.ts';
import { hasProfile } from '../../../domain/routing/scoring/profile-name.ts';
import { type Item, toItem } from '../attributes.ts';
import { orUnavailable } from '../client.ts';
import { joinKey } from '../keys.ts';
import { ownerParts } from './agent-item.ts';

/** Whose profile, by the name in the agent's card. */
export interface ProfileKey {
  readonly owner: AgentOwner;
  readonly agentId: string;
  readonly name: string;
}

/** Each has a partition of its own: a thousand routers that start together read 500 units of it. */
const keyOf = ({ owner, agentId, name }: ProfileKey): Item =>
  toItem({ pk: joinKey('profiles', ...ownerParts(owner), agentId), sk: name });

/** Most keys that one BatchGetItem takes. */
const BATCH = 100;

/** Tries of what one call left over, and the pause between two, ms. */
const TRIES = 3;
const PAUSE_MS = 50;

/** How long a profile that no card names any more stays: routers may have read the card just before. */
const RETIRED_SECONDS = 600;

/** Reads agents' profiles, eventually consistent. @see ProfileStore */
export const makeProfileReader = (client: DynamoDBClient, table: string): ProfileStore => {
  const readBatch = async (keys: readonly ProfileKey[], abortSignal: AbortSignal): Promise<readonly Item[]> => {
    const found: Item[] = [];
    let wanted: Item[] = keys.map(keyOf);
    for (let tries = 1; wanted.length > 0; tries += 1) {
      const command = new BatchGetItemCommand({ RequestItems: { [table]: { Keys: wanted } } });
      const { Responses, UnprocessedKeys } = await orUnavailable(client.send(command, { abortSignal }));
      found.push(...(Responses?.[table] ?? []));
      wanted = UnprocessedKeys?.[table]?.Keys ?? [];
      if (wanted.length === 0 || tries === TRIES) break;
      await orUnavailable(delay(PAUSE_MS, undefined, { signal: abortSignal }));
    }
    return found;
  };

  return {
    read: async (agents, signal) => {
      const keys = agents.flatMap(({ owner, definition: { agentId, profile } }) =>
        profile === undefined || !hasProfile(profile) ? [] : [{ owner, agentId, name: profile }],
      );
      const batches = Array.from({ length: Math.ceil(keys.length / BATCH) }, (_, index) =>
        keys.slice(index * BATCH, (index + 1) * BATCH),
      );
      const items = (await Promise.all(batches.map((batch) => readBatch(batch, signal)))).flat();
      return new Map(
        items.flatMap(({ sk, profile }) =>
          sk?.S === undefined || profile?.S === undefined ? [] : [[sk.S, profile.S] as const],
        ),
      );
    },
  };
};

/** Writes agents' profiles. */
export const makeProfileWriter = (
  client: DynamoDBClient,
  table: string,
  { clock, log }: { readonly clock: Clock; readonly log: Pick<Log, 'warn'> },
) => ({
  /** Before a card names it. @throws Failure STORE_UNAVAILABLE */
  write: async (key: ProfileKey, profile: string, abortSignal: AbortSignal): Promise<void> => {
    const Item = { ...keyOf(key), ...toItem({ profile }) };
    await orUnavailable(client.send(new PutItemCommand({ TableName: table, Item }), { abortSignal }));
  },

  /** Lets one expire that no card names any more. Never throws: what fails here costs storage, nothing else. */
  retire: async (key: ProfileKey, abortSignal: AbortSignal): Promise<void> => {
    const command = new UpdateItemCommand({
      TableName: table,
      Key: keyOf(key),
      UpdateExpression: 'SET expires_at = :at',
      ConditionExpression: 'attribute_exists(pk)',
      ExpressionAttributeValues: toItem({ ':at': Math.ceil(clock() / 1000) + RETIRED_SECONDS }),
    });
    await client.send(command, { abortSignal }).catch((cause: unknown) => {
      log.warn('a profile that no agent uses stays', { owner: key.owner, agent_id: key.agentId, cause });
    });
  },
});
