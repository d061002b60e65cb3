import { type DynamoDBClient, GetItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import type { AgentOwner } from '../../../application/agent-ports.ts';
import type { Log } from '../../../application/ports.ts';
import { copiesOf, type RulesPointer } from '../../../domain/registry/snapshot.ts';
import { toItem } from '../attributes.ts';
import { orUnavailable } from '../client.ts';
import { pack, unpack } from '../packed.ts';
import { rulesKey } from './snapshot-item.ts';

/** How long rules that no manifest names stay readable: routers may have read its manifest just before. */
const RETIRED_SECONDS = 600;

const StoredRules = z.array(z.unknown());

const copyNumbers = ({ copies }: Pick<RulesPointer, 'copies'>) => Array.from({ length: copies }, (_, copy) => copy);

/** Sets of rules, each written once and named by a manifest. All methods throw Failure STORE_UNAVAILABLE. */
export const makeRuleSets = (
  client: DynamoDBClient,
  table: string,
  { chance, log }: { readonly chance: () => number; readonly log: Pick<Log, 'error' | 'warn'> },
) => {
  const copyOf = async (
    owner: AgentOwner,
    { id }: RulesPointer,
    copy: number,
    ConsistentRead: boolean,
    abortSignal: AbortSignal,
  ): Promise<readonly unknown[] | undefined> => {
    const command = new GetItemCommand({ TableName: table, Key: rulesKey(owner, id, copy), ConsistentRead });
    const bytes = (await orUnavailable(client.send(command, { abortSignal }))).Item?.rules?.B;
    if (bytes === undefined) return undefined;
    try {
      return StoredRules.parse(unpack(bytes));
    } catch (cause) {
      log.error('a copy of the routing rules is not readable', { owner, rules: id, copy, cause });
      return undefined;
    }
  };

  return {
    /**
     * The rules that a manifest names, as they are stored. Without any if they are lost: routing goes on by what else
     * it has, and the log says so.
     */
    read: async (owner: AgentOwner, pointer: RulesPointer, signal: AbortSignal): Promise<readonly unknown[]> => {
      const copy = Math.floor(chance() * pointer.copies);
      const other = (copy + 1) % pointer.copies;
      // What was written a moment ago may not be everywhere yet: what is missing is read once more, consistently.
      const found =
        (await copyOf(owner, pointer, copy, false, signal)) ??
        (await copyOf(owner, pointer, copy, true, signal)) ??
        (await copyOf(owner, pointer, other, true, signal));
      if (found === undefined) log.error('the routing rules are lost: none apply', { owner, rules: pointer.id });
      return found ?? [];
    },

    /** Writes rules, which no manifest names yet. @returns where they are */
    write: async (
      owner: AgentOwner,
      rules: readonly unknown[],
      { version, writtenAtMs }: Pick<RulesPointer, 'version' | 'writtenAtMs'>,
      abortSignal: AbortSignal,
    ): Promise<RulesPointer> => {
      const bytes = pack(rules);
      const id = `${version}-${Math.floor(chance() * 2 ** 40).toString(36)}`;
      const pointer = { id, version, writtenAtMs, copies: copiesOf(bytes.length) };
      const put = (copy: number) => {
        const Item = { ...rulesKey(owner, id, copy), ...toItem({ rules: bytes }) };
        return client.send(new PutItemCommand({ TableName: table, Item }), { abortSignal });
      };
      await orUnavailable(Promise.all(copyNumbers(pointer).map(put)));
      return pointer;
    },

    /** Lets rules that no manifest names any more expire. What fails here costs storage, nothing else. */
    retire: async (owner: AgentOwner, pointer: RulesPointer, nowMs: number, abortSignal: AbortSignal) => {
      const expire = (copy: number) =>
        client.send(
          new UpdateItemCommand({
            TableName: table,
            Key: rulesKey(owner, pointer.id, copy),
            UpdateExpression: 'SET expires_at = :at',
            ConditionExpression: 'attribute_exists(pk)',
            ExpressionAttributeValues: toItem({ ':at': Math.ceil(nowMs / 1000) + RETIRED_SECONDS }),
          }),
          { abortSignal },
        );
      await Promise.all(copyNumbers(pointer).map(expire)).catch((cause: unknown) =>
        log.warn('routing rules that are no longer used stay', { owner, rules: pointer.id, cause }),
      );
    },
  };
};
export type RuleSets = ReturnType<typeof makeRuleSets>;
