import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import type { AgentOwner } from '../../../application/agent-ports.ts';
import type { Log } from '../../../application/ports.ts';
import { Failure } from '../../../domain/contract/failures.ts';
import {
  caughtUp,
  EMPTY_MANIFEST,
  type Entries,
  type Manifest,
  type SnapshotBase,
  SnapshotEntry,
} from '../../../domain/registry/snapshot.ts';
import type { Item } from '../attributes.ts';
import { orUnavailable } from '../client.ts';
import { unpack } from '../packed.ts';
import { chunkKey, manifestKey, toManifest } from './snapshot-item.ts';

/** A base is not whole where its manifest says that it is. */
export class BaseLost extends Failure {
  constructor(what: string, cause?: unknown) {
    super('STORE_UNAVAILABLE', 'The agents cannot be read right now. Try again later.', {
      cause: new Error(what, { cause }),
      retryAfterSeconds: 5,
    });
  }
}

/** What routers read of one owner's agents. Throws Failure STORE_UNAVAILABLE when the store cannot tell. */
export interface SnapshotReader {
  /** Without any agents ever, an empty one. */
  manifest(owner: AgentOwner, isConsistent: boolean, signal: AbortSignal): Promise<Manifest>;
  /** All agents of a manifest, by its base. @throws BaseLost, a Failure STORE_UNAVAILABLE, too */
  entries(owner: AgentOwner, manifest: Manifest, signal: AbortSignal): Promise<Entries>;
}

const StoredEntries = z.array(z.unknown());

export const makeSnapshotReader = (
  client: DynamoDBClient,
  table: string,
  { chance, log }: { readonly chance: () => number; readonly log: Pick<Log, 'error'> },
): SnapshotReader => {
  const get = async (Key: Item, ConsistentRead: boolean, abortSignal: AbortSignal): Promise<Item | undefined> => {
    const command = new GetItemCommand({ TableName: table, Key, ConsistentRead });
    return (await orUnavailable(client.send(command, { abortSignal }))).Item;
  };

  /** A base that was written a moment ago may not be everywhere yet: what is missing is read once more, consistently. */
  const chunk = async (owner: AgentOwner, base: SnapshotBase, copy: number, index: number, signal: AbortSignal) => {
    const key = chunkKey(owner, base.id, copy, index);
    const item = (await get(key, false, signal)) ?? (await get(key, true, signal));
    const bytes = item?.cards?.B;
    if (bytes === undefined) throw new BaseLost(`chunk ${index} of copy ${copy} of base ${base.id} is missing`);
    return bytes;
  };

  const readable = (stored: unknown): readonly (readonly [string, SnapshotEntry])[] => {
    const entry = SnapshotEntry.safeDecode(stored as never);
    if (entry.success) return [[entry.data.card.agent_id, entry.data]];
    log.error('entry of the snapshot not readable', { cause: entry.error });
    return [];
  };

  const copyEntries = async (
    owner: AgentOwner,
    base: SnapshotBase,
    copy: number,
    signal: AbortSignal,
  ): Promise<Entries> => {
    const indexes = Array.from({ length: base.chunks }, (_, index) => index);
    const chunks = await Promise.all(indexes.map((index) => chunk(owner, base, copy, index, signal)));
    try {
      return new Map(StoredEntries.parse(unpack(Buffer.concat(chunks))).flatMap(readable));
    } catch (cause) {
      throw new BaseLost(`copy ${copy} of base ${base.id} is not readable`, cause);
    }
  };

  /** One copy may be lost alone: another is tried. */
  const baseEntries = async (owner: AgentOwner, base: SnapshotBase, signal: AbortSignal): Promise<Entries> => {
    const copy = Math.floor(chance() * base.copies);
    try {
      return await copyEntries(owner, base, copy, signal);
    } catch (fault) {
      if (!(fault instanceof BaseLost) || base.copies === 1) throw fault;
      log.error('a copy of the registry is lost', { owner, base: base.id, copy, cause: fault });
      return copyEntries(owner, base, (copy + 1) % base.copies, signal);
    }
  };

  return {
    manifest: (owner, isConsistent, signal) =>
      orUnavailable(
        get(manifestKey(owner), isConsistent, signal).then((item) =>
          item === undefined ? EMPTY_MANIFEST : toManifest(item),
        ),
      ),

    entries: async (owner, manifest, signal) => {
      const { base } = manifest;
      if (base === null) return caughtUp(manifest, new Map(), 0);
      return caughtUp(manifest, await baseEntries(owner, base, signal), base.generation);
    },
  };
};
