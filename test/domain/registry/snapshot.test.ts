import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  caughtUp,
  copiesOf,
  type Edit,
  EMPTY_MANIFEST,
  type Entries,
  edited,
  follows,
  hasDrifted,
  type Manifest,
  rebased,
  revised,
  type SnapshotEntry,
} from '../../../functions/domain/registry/snapshot.ts';

const entryOf = (agentId: string, version: number): SnapshotEntry => ({
  version,
  health: 'healthy',
  p50Ms: null,
  errorRate: null,
  card: { agent_id: agentId },
});

const id = fc.constantFrom('a', 'b', 'c', 'd', 'e');
const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc
    .record({ agentId: id, version: fc.nat(9) })
    .map(({ agentId, version }): Edit => ({ kind: 'set', agentId, entry: entryOf(agentId, version) })),
  fc.record({ agentId: id, p50Ms: fc.option(fc.nat(9)) }).map(
    ({ agentId, p50Ms }): Edit => ({
      kind: 'figures',
      agentId,
      figures: { health: 'degraded', p50Ms, errorRate: 0 },
    }),
  ),
  id.map((agentId): Edit => ({ kind: 'gone', agentId })),
);
/** Revisions one after the other, some of which find no room for more than `room` changes. */
const history = fc.record({ revisions: fc.array(fc.array(edit, { minLength: 1, maxLength: 4 })), room: fc.nat(6) });

/** The manifests and all agents after each revision, the empty beginning first. */
const play = ({ revisions, room }: { revisions: readonly (readonly Edit[])[]; room: number }) => {
  const bases = new Map<string, Entries>();
  let manifest: Manifest = EMPTY_MANIFEST;
  let entries: Entries = new Map();
  const states = [{ manifest, entries }];
  for (const edits of revisions) {
    entries = edited(entries, edits);
    manifest = revised(manifest, edits);
    if (manifest.changes.length > room) {
      const base = { id: String(manifest.generation), generation: manifest.generation, chunks: 1, copies: 1 };
      bases.set(base.id, entries);
      manifest = rebased(manifest, base, (changes) => changes.length <= room / 2);
    }
    states.push({ manifest, entries });
  }
  const fromBase = ({ base, ...rest }: Manifest): Entries =>
    caughtUp({ base, ...rest }, base === null ? new Map() : (bases.get(base.id) ?? new Map()), base?.generation ?? 0);
  return { states, fromBase };
};

const plain = (entries: Entries) => Object.fromEntries(entries);

describe('a snapshot', () => {
  it('is the same by its base as by its history', () => {
    fc.assert(
      fc.property(history, (past) => {
        const { states, fromBase } = play(past);
        for (const { manifest, entries } of states) expect(plain(fromBase(manifest))).toEqual(plain(entries));
      }),
    );
  });

  it('is the same for whoever catches up from any generation that it follows', () => {
    fc.assert(
      fc.property(history, (past) => {
        const { states } = play(past);
        const newest = states.at(-1);
        if (newest === undefined) return;
        for (const {
          manifest: { generation },
          entries,
        } of states)
          if (follows(newest.manifest, generation))
            expect(plain(caughtUp(newest.manifest, entries, generation))).toEqual(plain(newest.entries));
      }),
    );
  });

  it('keeps the promises of its manifest', () => {
    fc.assert(
      fc.property(history, (past) => {
        for (const { manifest } of play(past).states) {
          expect(manifest.since).toBeLessThanOrEqual(manifest.base?.generation ?? 0);
          expect(manifest.changes.every(({ at }) => at > manifest.since)).toBe(true);
          expect(new Set(manifest.changes.map(({ agentId }) => agentId)).size).toBe(manifest.changes.length);
        }
      }),
    );
  });

  it('follows no generation of another time: one from before its changes, or from after it', () => {
    const manifest: Manifest = { ...EMPTY_MANIFEST, generation: 7, since: 4 };
    expect([3, 4, 7, 8].map((generation) => follows(manifest, generation))).toEqual([false, true, true, false]);
  });

  it('keeps entries that did not change as they are, and makes none of figures alone', () => {
    const entries = new Map([['a', entryOf('a', 1)]]);
    const figures = { health: 'unhealthy', p50Ms: 1, errorRate: 1 };
    const after = edited(entries, [
      { kind: 'figures', agentId: 'b', figures },
      { kind: 'set', agentId: 'c', entry: entryOf('c', 1) },
    ]);
    expect(after.get('a')).toBe(entries.get('a'));
    expect([...after.keys()]).toEqual(['a', 'c']);
    expect([...entries.keys()]).toEqual(['a']);
  });
});

describe('drift', () => {
  const figures = (p50Ms: number | null, errorRate: number | null) => ({ health: 'healthy', p50Ms, errorRate });

  it.each([
    [[100, 0], [100, 0], false],
    [[100, 0], [125, 0.04], false],
    [[125, 0.04], [100, 0], false],
    [[100, 0], [156.25, 0], true],
    [[156.25, 0], [100, 0], true],
    [[100, 0], [100, 0.05], true],
    [[null, null], [null, null], false],
    [[null, null], [100, 0], true],
    [[100, 0], [null, null], true],
  ] as const)('from %j to %j is %j', ([p50, errors], [nextP50, nextErrors], expected) => {
    expect(hasDrifted(figures(p50, errors), figures(nextP50, nextErrors))).toBe(expected);
  });
});

describe('the copies of a base', () => {
  it('grow with its size, within bounds', () => {
    expect([0, 1, 4_096, 63_000, 400_000, 40_000_000].map(copiesOf)).toEqual([0, 2, 2, 17, 32, 32]);
  });
});
