import type { Ledger, LedgerEntry } from '../types.ts';

const KEPT = 100_000;
/** Old entries go in lots, so that recording stays O(1) on average. */
const LOT = 10_000;

/** A ledger in memory that keeps the newest 100,000 entries. */
export const makeLedger = (): Ledger => {
  let all: LedgerEntry[] = [];
  return {
    record: (entry) => {
      all.push(entry);
      if (all.length >= KEPT + LOT) all = all.slice(-KEPT);
    },
    entries: ({ turnId, sinceSeq } = {}) =>
      all
        .slice(-KEPT)
        .filter((entry) => sinceSeq === undefined || entry.seq > sinceSeq)
        .filter((entry) => turnId === undefined || entry.turn_ids.includes(turnId))
        // Calls are recorded as they end.
        .sort((a, b) => a.seq - b.seq),
  };
};

const PREFIX = 'turn_';
const ID_LENGTH = PREFIX.length + 26;
const TURN_ID = /^turn_[0-9A-HJKMNP-TV-Z]{26}$/;

/** The distinct turn ids that occur in the first `maxBytes` of a body, in order. */
export const turnIdsIn = (body: Buffer, maxBytes = Number.POSITIVE_INFINITY): readonly string[] => {
  const found = new Set<string>();
  for (let at = body.indexOf(PREFIX); at >= 0 && at < maxBytes; at = body.indexOf(PREFIX, at + PREFIX.length)) {
    const id = body.toString('latin1', at, at + ID_LENGTH);
    if (TURN_ID.test(id)) found.add(id);
  }
  return [...found];
};
