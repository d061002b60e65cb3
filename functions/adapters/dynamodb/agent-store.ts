import { type DynamoDBClient, GetItemCommand, QueryCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import type { AgentHealth, AgentStore, Log, RegisteredAgent } from '../../application/ports.ts';
import { AgentDefinition, Health, StoredAgentDefinition } from '../../domain/contract/agent.ts';
import { TenantId } from '../../domain/contract/ids.ts';
import { fromItem, type Item, toItem } from './attributes.ts';
import { attemptWrite, orUnavailable, storeUnavailable } from './client.ts';
import { joinKey } from './keys.ts';

/** Definition and health of one agent: the health's attributes are absent until the first check. */
const AgentItem = z.object({
  owner: z.union([z.literal('global'), TenantId]),
  definition: z.string(),
  version: z.number(),
  health: Health.optional(),
  contrary: z.number().optional(),
  response_time: z.number().optional(),
  last_check: z.number().optional(),
  last_healthy: z.number().optional(),
});

const MONITOR_SHARD = '0';

const partition = (owner: RegisteredAgent['owner']): string =>
  owner === 'global' ? joinKey('agents', 'global') : joinKey('agents', 'tenant', owner);
const keyOf = (owner: RegisteredAgent['owner'], agentId: string): Item =>
  toItem({ pk: partition(owner), sk: joinKey('agent', agentId) });

const toAgent = (item: Item): RegisteredAgent => {
  const agent = AgentItem.parse(fromItem(item));
  return {
    owner: agent.owner,
    definition: z.decode(StoredAgentDefinition, JSON.parse(agent.definition)),
    version: agent.version,
    health: agent.health ?? 'unknown',
    contrary: agent.contrary ?? 0,
    responseTimeMs: agent.response_time ?? null,
    lastCheckMs: agent.last_check ?? null,
    lastHealthyMs: agent.last_healthy ?? null,
  };
};

/** Agents in the Registry table. @see AgentStore */
export const makeAgentStore = (client: DynamoDBClient, table: string, log: Pick<Log, 'error'>) => {
  /** One agent that cannot be read must not take all others away. */
  const readable = (item: Item): readonly RegisteredAgent[] => {
    try {
      return [toAgent(item)];
    } catch (cause) {
      log.error('agent not readable', { pk: item.pk?.S, sk: item.sk?.S, cause });
      return [];
    }
  };

  const queryAll = async (query: Partial<QueryCommand['input']>, abortSignal: AbortSignal) => {
    const agents: RegisteredAgent[] = [];
    let start: Item | undefined;
    do {
      const command = new QueryCommand({
        TableName: table,
        ...query,
        ...(start === undefined ? {} : { ExclusiveStartKey: start }),
      });
      const page = await orUnavailable(client.send(command, { abortSignal }));
      agents.push(...(page.Items ?? []).flatMap(readable));
      start = page.LastEvaluatedKey;
    } while (start !== undefined);
    return agents;
  };

  const store: AgentStore = {
    get: async (owner, agentId, abortSignal) => {
      const command = new GetItemCommand({ TableName: table, Key: keyOf(owner, agentId), ConsistentRead: true });
      const { Item } = await orUnavailable(client.send(command, { abortSignal }));
      return Item === undefined ? undefined : toAgent(Item);
    },

    put: async (owner, definition, expectedVersion, abortSignal) => {
      const version = expectedVersion + 1;
      const text = JSON.stringify(z.encode(AgentDefinition, definition));
      const command = new UpdateItemCommand({
        TableName: table,
        Key: keyOf(owner, definition.agentId),
        UpdateExpression:
          'SET #owner = :owner, #definition = :definition, #version = :version, monitor_shard = :shard, agent_key = :key',
        ConditionExpression: expectedVersion === 0 ? 'attribute_not_exists(pk)' : '#version = :expected',
        ExpressionAttributeNames: { '#owner': 'owner', '#definition': 'definition', '#version': 'version' },
        ExpressionAttributeValues: toItem({
          ':owner': owner,
          ':definition': text,
          ':version': version,
          ':shard': MONITOR_SHARD,
          ':key': joinKey(owner, definition.agentId),
          ':expected': expectedVersion === 0 ? undefined : expectedVersion,
        }),
      });
      const result = await attemptWrite(client.send(command, { abortSignal }));
      if (result.kind === 'done') return version;
      // The write may have happened before a retry of it failed: then the definition there is this one.
      const stored = await store.get(owner, definition.agentId, abortSignal);
      const mine = stored?.version === version && JSON.stringify(z.encode(AgentDefinition, stored.definition)) === text;
      if (mine) return version;
      if (result.kind === 'failed') throw storeUnavailable(result.cause);
      return undefined;
    },

    all: (signal) =>
      queryAll(
        {
          IndexName: 'monitored',
          KeyConditionExpression: 'monitor_shard = :shard',
          ExpressionAttributeValues: toItem({ ':shard': MONITOR_SHARD }),
        },
        signal,
      ),

    recordHealth: async (owner, agentId, health: AgentHealth, abortSignal) => {
      const optional = Object.entries({
        last_check: health.lastCheckMs,
        response_time: health.responseTimeMs,
        last_healthy: health.lastHealthyMs,
      });
      const sets = optional.flatMap(([name, value]) => (value === null ? [] : [`, ${name} = :${name}`]));
      const removes = optional.flatMap(([name, value]) => (value === null ? [name] : []));
      const command = new UpdateItemCommand({
        TableName: table,
        Key: keyOf(owner, agentId),
        UpdateExpression:
          `SET health = :health, contrary = :contrary${sets.join('')}` +
          `${removes.length === 0 ? '' : ` REMOVE ${removes.join(', ')}`}`,
        // An agent that was deregistered meanwhile must not come back as a health record without a definition.
        ConditionExpression: 'attribute_exists(pk)',
        ExpressionAttributeValues: toItem({
          ':health': health.health,
          ':contrary': health.contrary,
          ...Object.fromEntries(optional.map(([name, value]) => [`:${name}`, value ?? undefined])),
        }),
      });
      const result = await attemptWrite(client.send(command, { abortSignal }));
      if (result.kind === 'failed') throw storeUnavailable(result.cause);
    },
  };

  return {
    ...store,
    /** The agents of one owner. Eventually consistent. */
    ofOwner: (owner: RegisteredAgent['owner'], signal: AbortSignal) =>
      queryAll(
        { KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: toItem({ ':pk': partition(owner) }) },
        signal,
      ),
  };
};
