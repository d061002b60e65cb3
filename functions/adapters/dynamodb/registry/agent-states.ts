import { DeleteItemCommand, type DynamoDBClient, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { AgentOwner, AgentState } from '../../../application/agent-ports.ts';
import { toItem } from '../attributes.ts';
import { attemptWrite, storeUnavailable } from '../client.ts';
import { agentKey, monitorAttributes, stateText } from './agent-item.ts';
import type { AgentRecords } from './agent-records.ts';

/** True of a live item for the definition of that version or an older one, or of none at all. */
const IS_NOT_NEWER = '(attribute_not_exists(#version) OR #version <= :version)';

/** A state and the version of the definition that it is of; undefined: the state that is there is of that version, too. */
interface Stated {
  readonly owner: AgentOwner;
  readonly agentId: string;
  readonly version: number;
  readonly state: AgentState | undefined;
}

/**
 * Writes of what is known of agents. A live item says which version of the definition it is for: never a newer one than
 * the definition's own, which is written first. All throw Failure STORE_UNAVAILABLE.
 */
export const makeAgentStates = (client: DynamoDBClient, table: string, records: Pick<AgentRecords, 'item'>) => {
  const valuesOf = ({ owner, agentId, version, state }: Stated) => ({
    ...monitorAttributes(owner, agentId),
    version,
    ...(state === undefined ? {} : { state: stateText(state) }),
  });

  /**
   * When the live item is missing, because its writer died, or seems newer: then it belongs to a newer definition, or to
   * an agent of this id that was removed, since versions begin at 1 again. @returns whether it was written
   */
  const replace = async (stated: Stated, abortSignal: AbortSignal): Promise<boolean> => {
    const { owner, agentId, version } = stated;
    // In this order: a definition that still has this version was not changed before its live item was read.
    const live = await records.item('live', owner, agentId, abortSignal);
    const definition = await records.item('agent', owner, agentId, abortSignal);
    if (definition?.version?.N !== String(version)) return false;
    const found = live?.version;
    const command = new PutItemCommand({
      TableName: table,
      Item: { ...agentKey('live', owner, agentId), ...toItem(valuesOf(stated)) },
      ConditionExpression: found === undefined ? 'attribute_not_exists(#version)' : '#version = :found',
      ExpressionAttributeNames: { '#version': 'version' },
      ...(found === undefined ? {} : { ExpressionAttributeValues: { ':found': found } }),
    });
    const written = await attemptWrite(client.send(command, { abortSignal }));
    if (written.kind === 'failed') throw storeUnavailable(written.cause);
    return written.kind === 'done';
  };

  const write = async (stated: Stated, condition: string, abortSignal: AbortSignal): Promise<boolean> => {
    const values = Object.entries(valuesOf(stated));
    const command = new UpdateItemCommand({
      TableName: table,
      Key: agentKey('live', stated.owner, stated.agentId),
      UpdateExpression: `SET ${values.map(([name]) => `#${name} = :${name}`).join(', ')}`,
      ConditionExpression: condition,
      ExpressionAttributeNames: Object.fromEntries(values.map(([name]) => [`#${name}`, name])),
      ExpressionAttributeValues: toItem(Object.fromEntries(values.map(([name, value]) => [`:${name}`, value]))),
    });
    const written = await attemptWrite(client.send(command, { abortSignal }));
    if (written.kind === 'failed') throw storeUnavailable(written.cause);
    return written.kind === 'done' || replace(stated, abortSignal);
  };

  return {
    /** Writes what comes with a definition that was just written, unless a newer one has come since. */
    put: (stated: Stated, signal: AbortSignal): Promise<boolean> => write(stated, IS_NOT_NEWER, signal),

    /** Writes the state of an agent that is there. @see AgentStore.recordState */
    record: (stated: Stated, signal: AbortSignal): Promise<boolean> =>
      // An agent that was removed meanwhile must not come back as a state without a definition.
      write(stated, `attribute_exists(pk) AND ${IS_NOT_NEWER}`, signal),

    /** Removes what is known of an agent, unless a newer definition than that version came since. */
    remove: async (owner: AgentOwner, agentId: string, version: number, abortSignal: AbortSignal): Promise<void> => {
      const command = new DeleteItemCommand({
        TableName: table,
        Key: agentKey('live', owner, agentId),
        ConditionExpression: IS_NOT_NEWER,
        ExpressionAttributeNames: { '#version': 'version' },
        ExpressionAttributeValues: toItem({ ':version': version }),
      });
      const removed = await attemptWrite(client.send(command, { abortSignal }));
      if (removed.kind === 'failed') throw storeUnavailable(removed.cause);
    },
  };
};
