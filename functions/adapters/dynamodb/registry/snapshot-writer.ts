import { setTimeout as delay } from 'node:timers/promises';
import { type DynamoDBClient, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import type { AgentOwner } from '../../../application/agent-ports.ts';
import type { Clock, Log } from '../../../application/ports.ts';
import {
  copiesOf,
  type Edit,
  type Entries,
  edited,
  type Manifest,
  type RulesPointer,
  rebased,
  revised,
  type SnapshotBase,
  SnapshotEntry,
} from '../../../domain/registry/snapshot.ts';
import { toItem } from '../attributes.ts';
import { attemptWrite, orUnavailable, storeUnavailable, type WriteResult } from '../client.ts';
import { pack } from '../packed.ts';
import { chunkKey, isSmall, manifestItem } from './snapshot-item.ts';
import { makeSnapshotReader } from './snapshot-reader.ts';

/** Tries against other writers, and the bounds of the pause between two, ms: 16 tries are 4 s at most. */
const ATTEMPTS = 16;
const PAUSE_MS = { first: 20, most: 320 };

/** How long a base that no manifest names stays readable: routers may have read its manifest just before. */
const RETIRED_SECONDS = 600;

/** Bytes of a chunk: under DynamoDB's 400 KB an item with room for keys. */
const CHUNK_BYTES = 350 * 1024;

/** What is to become of a snapshot. */
export interface Revision {
  readonly edits: readonly Edit[];
  /** When this brings all figures up to date, ms since the epoch. */
  readonly figuresAtMs?: number;
  /** The agents before the edits, where the base that should hold them is lost: a new one takes its place. */
  readonly instead?: Entries;
  /** The rules from now on. */
  readonly rules?: RulesPointer;
}

/** Says what is to become of a snapshot as it is now; undefined: nothing. */
export type Plan = (manifest: Manifest) => Promise<Revision | undefined>;

/** Changes what routers see of one owner's agents. Throws Failure STORE_UNAVAILABLE when the store cannot tell. */
export interface SnapshotWriter {
  /** Changes the manifest by compare-and-swap; `plan` is asked again whenever another writer was first. */
  revise(owner: AgentOwner, plan: Plan, signal: AbortSignal): Promise<void>;
}

export interface SnapshotDependencies {
  readonly log: Pick<Log, 'error' | 'warn'>;
  readonly clock: Clock;
  readonly chance: () => number;
}

export const makeSnapshotWriter = (
  client: DynamoDBClient,
  table: string,
  { log, clock, chance }: SnapshotDependencies,
): SnapshotWriter => {
  const reader = makeSnapshotReader(client, table, { chance, log });

  const swap = (owner: AgentOwner, seen: Manifest, next: Manifest, abortSignal: AbortSignal): Promise<WriteResult> => {
    const isFirst = seen.generation === 0;
    const command = new PutItemCommand({
      TableName: table,
      Item: manifestItem(owner, next),
      ConditionExpression: isFirst ? 'attribute_not_exists(pk)' : 'generation = :seen',
      ...(isFirst ? {} : { ExpressionAttributeValues: toItem({ ':seen': seen.generation }) }),
    });
    return attemptWrite(client.send(command, { abortSignal }));
  };

  const forEachChunk = (base: SnapshotBase, act: (copy: number, chunk: number) => Promise<unknown>) =>
    Promise.all(
      Array.from({ length: base.copies * base.chunks }, (_, index) =>
        act(index % base.copies, Math.floor(index / base.copies)),
      ),
    );

  const writeBase = async (owner: AgentOwner, generation: number, entries: Entries, abortSignal: AbortSignal) => {
    const bytes = pack([...entries.values()].map((entry) => z.encode(SnapshotEntry, entry)));
    const id = `${generation}-${Math.floor(chance() * 2 ** 40).toString(36)}`;
    const base = { id, generation, chunks: Math.ceil(bytes.length / CHUNK_BYTES), copies: copiesOf(bytes.length) };
    const write = (copy: number, chunk: number) => {
      const cards = bytes.subarray(chunk * CHUNK_BYTES, (chunk + 1) * CHUNK_BYTES);
      const Item = { ...chunkKey(owner, id, copy, chunk), ...toItem({ cards }) };
      return client.send(new PutItemCommand({ TableName: table, Item }), { abortSignal });
    };
    await orUnavailable(forEachChunk(base, write));
    return base;
  };

  /** Lets a base that no manifest names any more expire. What fails here costs storage, nothing else. */
  const retire = async (owner: AgentOwner, base: SnapshotBase, abortSignal: AbortSignal): Promise<void> => {
    const expiresAt = Math.ceil(clock() / 1000) + RETIRED_SECONDS;
    const expire = (copy: number, chunk: number) =>
      client.send(
        new UpdateItemCommand({
          TableName: table,
          Key: chunkKey(owner, base.id, copy, chunk),
          UpdateExpression: 'SET expires_at = :at',
          ConditionExpression: 'attribute_exists(pk)',
          ExpressionAttributeValues: toItem({ ':at': expiresAt }),
        }),
        { abortSignal },
      );
    await forEachChunk(base, expire).catch((cause: unknown) =>
      log.warn('a base of the registry that is no longer used stays', { owner, base: base.id, cause }),
    );
  };

  /** The manifest after a revision, with a base of its own where the changes no longer fit. */
  const nextManifest = async (owner: AgentOwner, seen: Manifest, revision: Revision, signal: AbortSignal) => {
    const { figuresAtMs = seen.figuresAtMs, rules = seen.rules } = revision;
    const next = { ...revised(seen, revision.edits), figuresAtMs, rules };
    if (revision.instead === undefined && isSmall(owner, next)) return next;
    const entries = revision.instead ?? (await reader.entries(owner, seen, signal));
    const base = await writeBase(owner, next.generation, edited(entries, revision.edits), signal);
    if (revision.instead !== undefined) return { ...next, base, changes: [], since: next.generation };
    return rebased(next, base, (changes) => isSmall(owner, { ...next, base, changes }, 'rebased'));
  };

  const attempt = async (owner: AgentOwner, plan: Plan, signal: AbortSignal): Promise<WriteResult> => {
    const seen = await reader.manifest(owner, true, signal);
    const revision = await plan(seen);
    if (revision === undefined) return { kind: 'done' };
    const next = await nextManifest(owner, seen, revision, signal);
    const written = await swap(owner, seen, next, signal);
    if (next.base === null || next.base.id === seen.base?.id) return written;
    // The swap may have happened before a retry of it failed: what the manifest names now says which base is in use.
    const isDone = written.kind === 'done' || (await reader.manifest(owner, true, signal)).base?.id === next.base.id;
    const unused = isDone ? seen.base : next.base;
    if (unused !== null) await retire(owner, unused, signal);
    return isDone ? { kind: 'done' } : written;
  };

  return {
    revise: async (owner, plan, signal) => {
      let last: WriteResult = { kind: 'condition_failed' };
      for (let tries = 0; tries < ATTEMPTS; tries += 1) {
        last = await orUnavailable(attempt(owner, plan, signal));
        if (last.kind === 'done') return;
        const most = Math.min(PAUSE_MS.most, PAUSE_MS.first * 2 ** tries);
        await orUnavailable(delay(chance() * most, undefined, { signal }));
      }
      throw storeUnavailable(
        last.kind === 'failed' ? last.cause : new Error(`other writers of ${owner} were first, ${ATTEMPTS} times`),
      );
    },
  };
};
