import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeLedger, turnIdsIn } from '../../../../lib/local/gateway/ledger.ts';

const entry = (seq: number) => ({
  seq,
  started_ms: 0,
  ended_ms: 0,
  caller: 'r',
  service: 'dynamodb',
  action: 'GetItem',
  resource: '*',
  bytes: 0,
  capacity_units: 0,
  status: 200,
  turn_ids: seq % 2 === 0 ? ['even'] : [],
});

describe('the ledger', () => {
  it('keeps the newest 100,000 entries, oldest first', () => {
    const ledger = makeLedger();
    for (let seq = 1; seq <= 125_000; seq++) ledger.record(entry(seq));
    const kept = ledger.entries();
    expect([kept.length, kept[0]?.seq, kept.at(-1)?.seq]).toEqual([100_000, 25_001, 125_000]);
  });

  it('finds entries by turn and after a number', () => {
    const ledger = makeLedger();
    for (const seq of [1, 2, 6, 3, 5, 4]) ledger.record(entry(seq));
    expect(ledger.entries({ turnId: 'even', sinceSeq: 2 }).map(({ seq }) => seq)).toEqual([4, 6]);
  });
});

describe('turn ids in a body', () => {
  const id = fc.stringMatching(/^turn_[0-9A-HJKMNP-TV-Z]{26}$/);

  it('are all found, each once, between any other text', () => {
    const text = fc.string().map((piece) => `${piece.replaceAll('turn_', '')} `);
    fc.assert(
      fc.property(fc.array(fc.tuple(text, id)), (pieces) => {
        const body = Buffer.from(pieces.flat().join(''));
        expect(turnIdsIn(body)).toEqual([...new Set(pieces.map(([, turn]) => turn))]);
      }),
    );
  });

  it.each([
    'turn_',
    'turn_01JABCDEFGHJKMNPQRSTVWXY',
    'turn_01JABCDEFGHJKMNPQRSTVWXYIL',
    'TURN_01JABCDEFGHJKMNPQRSTVWXYZ0',
  ])('rejects %s, which is none', (text) => expect(turnIdsIn(Buffer.from(text))).toEqual([]));

  it('are looked for up to the limit', () => {
    const body = Buffer.from(`${' '.repeat(100)}turn_01JABCDEFGHJKMNPQRSTVWXYZ0`);
    expect(turnIdsIn(body, 100)).toEqual([]);
    expect(turnIdsIn(body, 101)).toHaveLength(1);
  });
});
