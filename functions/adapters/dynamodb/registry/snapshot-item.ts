import * as z from 'zod';
import type { AgentOwner } from '../../../application/agent-ports.ts';
import { type Change, type Manifest, SnapshotEntry } from '../../../domain/registry/snapshot.ts';
import { fromItem, type Item, toItem } from '../attributes.ts';
import { joinKey } from '../keys.ts';
import { pack, unpack } from '../packed.ts';
import { ownerParts } from './agent-item.ts';

/** What one half of a read unit pays for: the manifest stays within. */
const MANIFEST_BYTES = 4_096;

/** Room that a new base leaves for the changes to come. */
const REBASED_BYTES = MANIFEST_BYTES / 2;

export const manifestKey = (owner: AgentOwner): Item =>
  toItem({ pk: joinKey('manifest', ...ownerParts(owner)), sk: 'manifest' });

/** Where one chunk of one copy of a base is. */
export const chunkKey = (owner: AgentOwner, baseId: string, copy: number, chunk: number): Item =>
  toItem({
    pk: joinKey('cards', ...ownerParts(owner), String(copy)),
    sk: joinKey(baseId, String(chunk).padStart(4, '0')),
  });

/** Where one copy of an owner's rules is. */
export const rulesKey = (owner: AgentOwner, id: string, copy: number): Item =>
  toItem({ pk: joinKey('rules', ...ownerParts(owner), String(copy)), sk: id });

const Figures = { health: z.string(), p50: z.number().nullable(), errors: z.number().nullable() };

const StoredChange = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('set'), at: z.number(), id: z.string(), entry: SnapshotEntry }),
  z.object({ kind: z.literal('figures'), at: z.number(), id: z.string(), ...Figures }),
  z.object({ kind: z.literal('gone'), at: z.number(), id: z.string() }),
]);

const toStored = (change: Change): z.output<typeof StoredChange> => {
  const { kind, at, agentId: id } = change;
  if (kind === 'gone') return { kind, at, id };
  if (kind === 'set') return { kind, at, id, entry: change.entry };
  const { health, p50Ms: p50, errorRate: errors } = change.figures;
  return { kind, at, id, health, p50, errors };
};

const fromStored = (change: z.output<typeof StoredChange>): Change => {
  const { kind, at, id: agentId } = change;
  if (kind === 'gone') return { kind, at, agentId };
  if (kind === 'set') return { kind, at, agentId, entry: change.entry };
  return { kind, at, agentId, figures: { health: change.health, p50Ms: change.p50, errorRate: change.errors } };
};

const StoredBase = z.object({ id: z.string(), generation: z.number(), chunks: z.number(), copies: z.number() });

const StoredPointer = z.object({ id: z.string(), version: z.number(), writtenAtMs: z.number(), copies: z.number() });

const ManifestItem = z.object({
  generation: z.number(),
  since: z.number(),
  changes: z.instanceof(Uint8Array),
  base: z.string().optional(),
  figures_at: z.number(),
  rules: z.string().optional(),
});

export const manifestItem = (owner: AgentOwner, manifest: Manifest): Item => ({
  ...manifestKey(owner),
  ...toItem({
    generation: manifest.generation,
    since: manifest.since,
    changes: pack(manifest.changes.map((change) => z.encode(StoredChange, toStored(change)))),
    base: manifest.base === null ? undefined : JSON.stringify(manifest.base),
    figures_at: manifest.figuresAtMs,
    rules: manifest.rules === undefined ? undefined : JSON.stringify(manifest.rules),
  }),
});

/** @throws if it cannot be read */
export const toManifest = (item: Item): Manifest => {
  const { generation, since, changes, base, figures_at: figuresAtMs, rules } = ManifestItem.parse(fromItem(item));
  return {
    generation,
    since,
    changes: z.decode(z.array(StoredChange), unpack(changes) as never).map(fromStored),
    base: base === undefined ? null : StoredBase.parse(JSON.parse(base)),
    figuresAtMs,
    rules: rules === undefined ? undefined : StoredPointer.parse(JSON.parse(rules)),
  };
};

/** Bytes of an item as DynamoDB counts them, or some more. */
const itemBytes = (item: Item): number =>
  Object.entries(item)
    .map(([name, { S = '', N = '', B }]) => Buffer.byteLength(name + S + N) + (B?.length ?? 0))
    .reduce((sum, bytes) => sum + bytes, 0);

/** Whether a manifest is small enough to be read for half a unit. */
export const isSmall = (owner: AgentOwner, manifest: Manifest, limit: 'full' | 'rebased' = 'full'): boolean =>
  itemBytes(manifestItem(owner, manifest)) <= (limit === 'full' ? MANIFEST_BYTES : REBASED_BYTES);
