import { DeleteItemCommand, type DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import type { AgentOwner, AgentStore } from '../../../application/agent-ports.ts';
import { AgentDefinition, cardOf, StoredRoutingCard } from '../../../domain/contract/agent.ts';
import { type Item, toItem } from '../attributes.ts';
import { attemptWrite, storeUnavailable, type WriteResult } from '../client.ts';
import { agentKey, monitorAttributes } from './agent-item.ts';
import { type AgentProfilesDependencies, makeAgentProfiles } from './agent-profiles.ts';
import { makeAgentPublisher } from './agent-publisher.ts';
import { makeAgentRecords } from './agent-records.ts';
import { makeAgentStates } from './agent-states.ts';
import type { SnapshotDependencies } from './snapshot-writer.ts';

export interface AgentStoreDependencies extends SnapshotDependencies, Pick<AgentProfilesDependencies, 'profiles'> {}

/** Agents in the Registry table: their records, and what routers see of them. @see AgentStore */
export const makeAgentStore = (
  client: DynamoDBClient,
  table: string,
  dependencies: AgentStoreDependencies,
): AgentStore => {
  const records = makeAgentRecords(client, table, dependencies.log);
  const states = makeAgentStates(client, table, records);
  const profiles = makeAgentProfiles(client, table, dependencies);
  const publisher = makeAgentPublisher(client, table, records, dependencies);
  const mintWriter = (): string =>
    `${dependencies.clock().toString(36)}-${dependencies.chance().toString(36).slice(2)}`;

  /** Whether a write took effect that a retry may have hidden: then its writer's mark stands at the definition. */
  const tookEffect = async (
    result: WriteResult,
    [owner, agentId]: readonly [AgentOwner, string],
    mark: string,
    signal: AbortSignal,
  ): Promise<boolean> => {
    if (result.kind === 'done') return true;
    const definition = await records.item('agent', owner, agentId, signal);
    if (definition?.writer?.S === mark) return true;
    if (result.kind === 'failed') throw storeUnavailable(result.cause);
    return false;
  };

  const putCommand = (
    owner: AgentOwner,
    definition: AgentDefinition,
    {
      version,
      writer,
      profile,
    }: { readonly version: number; readonly writer: string; readonly profile?: string | undefined },
  ): UpdateItemCommand => {
    const isFirst = version === 1;
    const card = { ...cardOf(definition), ...(profile === undefined ? {} : { profile }) };
    const values = {
      ...monitorAttributes(owner, definition.agentId),
      definition: JSON.stringify(z.encode(AgentDefinition, definition)),
      card: JSON.stringify(z.encode(StoredRoutingCard, card)),
      version,
      writer,
      ...(isFirst ? { created_at: dependencies.clock() } : {}),
    };
    const names = Object.keys(values);
    return new UpdateItemCommand({
      TableName: table,
      Key: agentKey('agent', owner, definition.agentId),
      UpdateExpression: `SET ${names.map((name) => `#${name} = :${name}`).join(', ')} REMOVE draining_until`,
      ConditionExpression: isFirst ? 'attribute_not_exists(pk)' : '#version = :expected',
      ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
      ExpressionAttributeValues: toItem({
        ...Object.fromEntries(Object.entries(values).map(([name, value]) => [`:${name}`, value])),
        ':expected': isFirst ? undefined : version - 1,
      }),
      ReturnValues: 'UPDATED_OLD',
    });
  };

  return {
    get: records.get,
    ofOwner: records.ofOwner,
    all: records.all,
    recordState: (owner, agentId, version, state, signal) => states.record({ owner, agentId, version, state }, signal),
    publish: publisher.publish,

    put: async (owner, definition, state, expectedVersion, abortSignal) => {
      const { agentId } = definition;
      const [version, writer] = [expectedVersion + 1, mintWriter()];
      const profile = await profiles.write(owner, definition, writer, abortSignal);
      const command = putCommand(owner, definition, { version, writer, profile });
      let former: Item | undefined;
      const written = client.send(command, { abortSignal }).then(({ Attributes }) => {
        former = Attributes;
      });
      if (!(await tookEffect(await attemptWrite(written), [owner, agentId], writer, abortSignal))) {
        await profiles.retire(owner, agentId, profile, abortSignal);
        return undefined;
      }
      await states.put({ owner, agentId, version, state }, abortSignal);
      await publisher.announce(owner, agentId, abortSignal);
      await profiles.retireFormer(owner, agentId, former, abortSignal);
      return version;
    },

    drain: async (owner, agentId, expectedVersion, untilMs, abortSignal) => {
      const [version, writer] = [expectedVersion + 1, mintWriter()];
      const command = new UpdateItemCommand({
        TableName: table,
        Key: agentKey('agent', owner, agentId),
        UpdateExpression: 'SET draining_until = :until, #version = :version, writer = :writer',
        ConditionExpression: '#version = :expected',
        ExpressionAttributeNames: { '#version': 'version' },
        ExpressionAttributeValues: toItem({
          ':until': untilMs,
          ':version': version,
          ':writer': writer,
          ':expected': expectedVersion,
        }),
      });
      const result = await attemptWrite(client.send(command, { abortSignal }));
      if (!(await tookEffect(result, [owner, agentId], writer, abortSignal))) return undefined;
      await publisher.announce(owner, agentId, abortSignal);
      return version;
    },

    remove: async (owner, agentId, version, abortSignal) => {
      const present = await records.item('agent', owner, agentId, abortSignal);
      if (present === undefined) return true;
      if (present.version?.N !== String(version) || present.draining_until === undefined) return false;
      // Without its record nothing would ever tell routers of it; nor would anyone find what was left of its state.
      await publisher.announce(owner, agentId, abortSignal);
      await states.remove(owner, agentId, version, abortSignal);
      const command = new DeleteItemCommand({
        TableName: table,
        Key: agentKey('agent', owner, agentId),
        ConditionExpression: '#version = :version AND attribute_exists(draining_until)',
        ExpressionAttributeNames: { '#version': 'version' },
        ExpressionAttributeValues: toItem({ ':version': version }),
      });
      const result = await attemptWrite(client.send(command, { abortSignal }));
      await profiles.retireFormer(owner, agentId, present, abortSignal);
      if (result.kind === 'done') return true;
      const left = await records.item('agent', owner, agentId, abortSignal);
      if (left !== undefined && result.kind === 'failed') throw storeUnavailable(result.cause);
      return left === undefined;
    },
  };
};
