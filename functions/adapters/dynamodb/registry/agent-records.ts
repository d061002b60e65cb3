import { type DynamoDBClient, GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import type { AgentOwner, AgentState, MonitoredAgent, RegisteredAgent } from '../../../application/agent-ports.ts';
import type { Log } from '../../../application/ports.ts';
import { type Item, toItem } from '../attributes.ts';
import { orUnavailable } from '../client.ts';
import {
  type AgentItemKind,
  agentKey,
  agentsPk,
  idOf,
  MONITOR_SHARDS,
  stateOf,
  toMonitored,
  toRegistered,
} from './agent-item.ts';

/** An agent's two items: what was registered, and what the monitor keeps. */
export interface AgentItems {
  readonly definition: Item | undefined;
  readonly live: Item | undefined;
}

/** Reads of agents' records. All throw Failure STORE_UNAVAILABLE. */
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

  const item = (kind: AgentItemKind, owner: AgentOwner, agentId: string, signal: AbortSignal) =>
    get(agentKey(kind, owner, agentId), signal);

  /** The index may show a new definition before its state: a check must not go on from that of the former one. */
  const caughtUp = async ({ definition, live }: AgentItems, signal: AbortSignal): Promise<AgentItems> => {
    const isBehind =
      definition?.draining_until === undefined && Number(live?.version?.N) < Number(definition?.version?.N);
    if (!isBehind || live?.pk === undefined || live.sk === undefined) return { definition, live };
    return { definition, live: await get({ pk: live.pk, sk: live.sk }, signal) };
  };

  const items = async (owner: AgentOwner, agentId: string, signal: AbortSignal): Promise<AgentItems> => {
    const [definition, live] = await Promise.all([
      item('agent', owner, agentId, signal),
      item('live', owner, agentId, signal),
    ]);
    return { definition, live };
  };

  return {
    /** One item of one agent, read consistently. */
    item,

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
      const agents = await Promise.all(joined(shards.flat()).map((agent) => caughtUp(agent, signal)));
      return agents.flatMap((agent) => readable(toMonitored, agent));
    },
  };
};
export type AgentRecords = ReturnType<typeof makeAgentRecords>;
