import * as z from 'zod';
import { tolerantWire } from '../contract/wire.ts';

/**
 * One agent of a snapshot. Its card stays in its stored form until a router reads it: what another version wrote must
 * survive being copied by this one.
 */
export const SnapshotEntry = tolerantWire({
  version: z.number(),
  health: z.string(),
  p50_ms: z.number().nullable(),
  error_rate: z.number().nullable(),
  card: z.looseObject({ agent_id: z.string() }),
});
export type SnapshotEntry = z.output<typeof SnapshotEntry>;

/** How an agent does. */
export type Figures = Pick<SnapshotEntry, 'health' | 'p50Ms' | 'errorRate'>;

/** What becomes of one agent of a snapshot. */
export type Edit =
  | { readonly kind: 'set'; readonly agentId: string; readonly entry: SnapshotEntry }
  | { readonly kind: 'figures'; readonly agentId: string; readonly figures: Figures }
  | { readonly kind: 'gone'; readonly agentId: string };

/** An edit, and the generation that it made. */
export type Change = Edit & { readonly at: number };

/** Agents by id. */
export type Entries = ReadonlyMap<string, SnapshotEntry>;

/** Where all agents as of one generation are. */
export interface SnapshotBase {
  readonly id: string;
  readonly generation: number;
  readonly chunks: number;
  readonly copies: number;
}

/** Where an owner's routing rules are: as many copies of them as routers that start together need. */
export interface RulesPointer {
  readonly id: string;
  /** Grows by one with every change of the rules. */
  readonly version: number;
  /** When they were written, ms since the epoch. */
  readonly writtenAtMs: number;
  readonly copies: number;
}

/**
 * What routers look at every few seconds: the newest changes, and where to find the rest. Who has seen any generation
 * from `since` on needs the changes alone; who has not reads the base first.
 */
export interface Manifest {
  /** Grows by one with every revision. */
  readonly generation: number;
  /** Every change after this generation is in `changes`, at most one for each agent. Never above the base's generation. */
  readonly since: number;
  readonly changes: readonly Change[];
  /** Null: the changes are everything. */
  readonly base: SnapshotBase | null;
  /** When figures that matter little were last brought up to date, ms since the epoch. */
  readonly figuresAtMs: number;
  /** Absent: the owner never had rules. */
  readonly rules?: RulesPointer | undefined;
}

/** Of an owner that never had an agent. */
export const EMPTY_MANIFEST: Manifest = { generation: 0, since: 0, changes: [], base: null, figuresAtMs: 0 };

const editEntries = (entries: Map<string, SnapshotEntry>, edit: Edit): void => {
  const { agentId } = edit;
  if (edit.kind === 'gone') entries.delete(agentId);
  else if (edit.kind === 'set') entries.set(agentId, edit.entry);
  else {
    const known = entries.get(agentId);
    if (known !== undefined) entries.set(agentId, { ...known, ...edit.figures });
  }
};

/** The agents after `edits`; entries that they do not touch stay the same objects. */
export const edited = (entries: Entries, edits: readonly Edit[]): Entries => {
  const result = new Map(entries);
  for (const edit of edits) editEntries(result, edit);
  return result;
};

/** Whether the changes of a manifest are all that somebody who has seen `generation` lacks. */
export const follows = (manifest: Manifest, generation: number): boolean =>
  manifest.since <= generation && generation <= manifest.generation;

/** The agents of a manifest. @param entries those of a generation that the manifest follows */
export const caughtUp = (manifest: Manifest, entries: Entries, generation: number): Entries =>
  edited(
    entries,
    manifest.changes.filter(({ at }) => at > generation),
  );

/** One change for what two made of an agent: figures alone need the card of the change before, and make no agent. */
const combined = (before: Change | undefined, edit: Edit, at: number): Change => {
  if (edit.kind !== 'figures' || before === undefined || before.kind === 'figures') return { ...edit, at };
  return before.kind === 'gone' ? before : { ...before, entry: { ...before.entry, ...edit.figures }, at };
};

/** The manifest one generation on; how large it may get is for others to say. */
export const revised = (manifest: Manifest, edits: readonly Edit[]): Manifest => {
  const generation = manifest.generation + 1;
  const changes = new Map(manifest.changes.map((change) => [change.agentId, change]));
  for (const edit of edits) {
    const change = combined(changes.get(edit.agentId), edit, generation);
    changes.delete(edit.agentId);
    changes.set(edit.agentId, change);
  }
  return { ...manifest, generation, changes: [...changes.values()] };
};

/**
 * The manifest over a base that holds all its agents. Of its changes the newest stay, as many generations as fit, so
 * that routers that have kept up need not read the base.
 */
export const rebased = (
  manifest: Manifest,
  base: SnapshotBase,
  fits: (changes: readonly Change[]) => boolean,
): Manifest => {
  let { since, changes } = manifest;
  while (changes.length > 0 && !fits(changes)) {
    const oldest = Math.min(...changes.map(({ at }) => at));
    since = oldest;
    changes = changes.filter(({ at }) => at > oldest);
  }
  return { ...manifest, since, changes, base };
};

/** Half as much again is no news, and figures are right to a quarter only. */
const isAnother = (left: number | null, right: number | null, differ: (a: number, b: number) => boolean): boolean =>
  left === null || right === null ? left !== right : differ(left, right);

const DRIFT_RATIO = 1.5;
const DRIFT_ERROR_RATE = 0.05;

/** Whether figures of performance differ by more than routing need not know. */
export const hasDrifted = (known: Figures, now: Figures): boolean =>
  isAnother(known.p50Ms, now.p50Ms, (a, b) => Math.max(a, b) > DRIFT_RATIO * Math.min(a, b)) ||
  isAnother(known.errorRate, now.errorRate, (a, b) => Math.abs(a - b) >= DRIFT_ERROR_RATE);

/** Cold starts and revalidations in one second that a base's copies must bear, and read units a second of one key. */
const READS_PER_SECOND = 1_250;
const UNITS_PER_KEY = 600;
const UNIT_BYTES = 4_096;
const MAX_COPIES = 32;

/**
 * Copies of a base of that size, each under a key of its own and chosen by chance: with 1,000 routers that start in
 * the same second, and as many that have fallen behind, each key stays under a third of what a partition gives.
 */
export const copiesOf = (bytes: number): number => {
  const units = Math.ceil(bytes / UNIT_BYTES) / 2;
  return Math.min(MAX_COPIES, Math.ceil((units * READS_PER_SECOND) / UNITS_PER_KEY));
};
