import {
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { AgentOwner, AgentState, MonitoredAgent, RegisteredAgent } from '../../../application/agent-ports.ts';
import type { Log } from '../../../application/ports.ts';
import { type Item, toItem } from '../attributes.ts';
import { attemptWrite, orUnavailable, storeUnavailable } from '../client.ts';
import {
  agentKey,
  agentsPk,
  idOf,
  MONITOR_SHARDS,
  monitorAttributes,
  stateOf,
  stateText,
  toMonitored,
  toRegistered,
} from './agent-item.ts';

/** An agent's two items: what was registered, and what the monitor keeps. */
export interface AgentItems {
  readonly definition: Item | undefined;
  readonly live: Item | undefined;
}

/** Reads of agents' records, and writes of their state. All throw Failure STORE_UNAVAILABLE. */
export const makeAgentRecords = (client: DynamoDBClient, table: string, log: Pick<Log, 'error'>) => {
  const notReadable = (item: Item) => (cause: unknown) =>
    log.error('agent not readable', { pk: item.pk?.S, sk: item.sk?.S, cause });

  /** One agent that cannot be read must not take all others away. */
  const readable = <T>(read: (item: Item, state: AgentState) => T, { definition, live }: AgentItems): readonly T[] => {
    if (definition === undefined) return [];
    try {
      return [read(definition, stateOf(live, notReadable(live ?? definition)))];
    } catch (cause) {
      notReadable(definition)(cause);
      return [];
    }
  };

  const queryAll = async (
    query: Partial<QueryCommand['input']>,
    abortSignal: AbortSignal,
  ): Promise<readonly Item[]> => {
    const items: Item[] = [];
    let start: Item | undefined;
    do {
      const command = new QueryCommand({
        TableName: table,
        ...query,
        ...(start === undefined ? {} : { ExclusiveStartKey: start }),
      });
      const page = await orUnavailable(client.send(command, { abortSignal }));
      items.push(...(page.Items ?? []));
      start = page.LastEvaluatedKey;
    } while (start !== undefined);
    return items;
  };

  /** Definitions with the states that belong to them, in their order. */
  const joined = (items: readonly Item[]): readonly AgentItems[] => {
    const nameOf = (item: Item, id: string) => JSON.stringify([item.pk?.S, id]);
    const lives = new Map(
      items.flatMap((item) => {
        const id = idOf('live', item);
        return id === undefined ? [] : [[nameOf(item, id), item]];
      }),
    );
    return items.flatMap((definition) => {
      const id = idOf('agent', definition);
      return id === undefined ? [] : [{ definition, live: lives.get(nameOf(definition, id)) }];
    });
  };

  const get = async (Key: Item, abortSignal: AbortSignal): Promise<Item | undefined> => {
    const command = new GetItemCommand({ TableName: table, Key, ConsistentRead: true });
    return (await orUnavailable(client.send(command, { abortSignal }))).Item;
  };

  const items = async (owner: AgentOwner, agentId: string, signal: AbortSignal): Promise<AgentItems> => {
    const [definition, live] = await Promise.all([
      get(agentKey('agent', owner, agentId), signal),
      get(agentKey('live', owner, agentId), signal),
    ]);
    return { definition, live };
  };

  const liveItem = (owner: AgentOwner, agentId: string, state: AgentState): Item => ({
    ...agentKey('live', owner, agentId),
    ...toItem({ ...monitorAttributes(owner, agentId), state: stateText(state) }),
  });

  return {
    /** Both items of one agent, read consistently. */
    items,

    /** @throws if the record is not readable */
    get: async (owner: AgentOwner, agentId: string, signal: AbortSignal): Promise<RegisteredAgent | undefined> => {
      const { definition, live } = await items(owner, agentId, signal);
      if (definition === undefined) return undefined;
      return orUnavailable((async () => toRegistered(definition, stateOf(live, notReadable(live ?? definition))))());
    },

    ofOwner: async (owner: AgentOwner, signal: AbortSignal): Promise<readonly RegisteredAgent[]> => {
      const query = {
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: toItem({ ':pk': agentsPk(owner) }),
        ConsistentRead: true,
      };
      return joined(await queryAll(query, signal)).flatMap((agent) => readable(toRegistered, agent));
    },

    all: async (signal: AbortSignal): Promise<readonly MonitoredAgent[]> => {
      const inShard = (shard: string) =>
        queryAll(
          {
            IndexName: 'monitored',
            KeyConditionExpression: 'monitor_shard = :shard',
            ExpressionAttributeValues: toItem({ ':shard': shard }),
          },
          signal,
        );
      const shards = await Promise.all(MONITOR_SHARDS.map(inShard));
      return joined(shards.flat()).flatMap((agent) => readable(toMonitored, agent));
    },

    /** Writes a state, whatever was there. */
    putState: async (
      owner: AgentOwner,
      agentId: string,
      state: AgentState,
      abortSignal: AbortSignal,
    ): Promise<void> => {
      const command = new PutItemCommand({ TableName: table, Item: liveItem(owner, agentId, state) });
      await orUnavailable(client.send(command, { abortSignal }));
    },

    /** Writes the state of an agent that is there. */
    recordState: async (
      owner: AgentOwner,
      agentId: string,
      state: AgentState,
      abortSignal: AbortSignal,
    ): Promise<void> => {
      const update = new UpdateItemCommand({
        TableName: table,
        Key: agentKey('live', owner, agentId),
        UpdateExpression: 'SET #state = :state',
        // An agent that was removed meanwhile must not come back as a state without a definition.
        ConditionExpression: 'attribute_exists(pk)',
        ExpressionAttributeNames: { '#state': 'state' },
        ExpressionAttributeValues: toItem({ ':state': stateText(state) }),
      });
      const updated = await attemptWrite(client.send(update, { abortSignal }));
      if (updated.kind === 'done') return;
      if (updated.kind === 'failed') throw storeUnavailable(updated.cause);
      // Who registered it may have died between its two items.
      if ((await get(agentKey('agent', owner, agentId), abortSignal)) === undefined) return;
      const create = new PutItemCommand({
        TableName: table,
        Item: liveItem(owner, agentId, state),
        ConditionExpression: 'attribute_not_exists(pk)',
      });
      const created = await attemptWrite(client.send(create, { abortSignal }));
      if (created.kind === 'failed') throw storeUnavailable(created.cause);
    },
  };
};
export type AgentRecords = ReturnType<typeof makeAgentRecords>;
