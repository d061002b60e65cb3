import { expect, it } from 'vitest';
import { allows, etagOf, readIfMatch } from '../../../functions/domain/registry/version-condition.ts';

it.each([
  ['"3.2s"', true],
  [' "3.2s" ', true],
  ['"2.2s", "3.2s"', true],
  ['"2.2s","3.2s"', true],
  ['"a,b" , "3.2s"', true],
  ['"2.2s",,"3.2s",', true],
  ['*', true],
  [' * ', true],
  ['"4.2s"', false],
  ['"3.2t"', false],
  ['"3"', false],
  ['"3.2S"', false],
  ['"03.2s"', false],
  ['""', false],
  ['"of-another-server"', false],
  // The comparison is strong.
  ['W/"3.2s"', false],
  ['W/"3.2s", "3.2s"', true],
])('If-Match: %s allows version 3 of an agent registered at 100 ms: %s', (header, expected) => {
  expect(allows(readIfMatch(header), { version: 3, createdAtMs: 100 })).toBe(expected);
});

it.each(['', ' ', ',', '3', '"3', '3"', '"3" "4"', '*, "3"', 'w/"3"', '"3"x', '"é\n"'])(
  'rejects If-Match: %j',
  (header) => {
    expect(() => readIfMatch(header)).toThrow(expect.objectContaining({ code: 'INVALID_REQUEST' }));
  },
);

it('reads what it writes', () => {
  for (const version of [1, 9, 10, 123_456_789])
    for (const createdAtMs of [0, 1, 1_795_521_600_000])
      expect(allows(readIfMatch(etagOf({ version, createdAtMs })), { version, createdAtMs })).toBe(true);
});

it('survives a header of 100,000 characters', () => {
  const startedMs = performance.now();
  expect(() => readIfMatch(`${'"1" '.repeat(25_000)}x`)).toThrow('If-Match');
  expect(() => readIfMatch(' '.repeat(100_000))).toThrow('If-Match');
  expect(() => readIfMatch(`"1"${' '.repeat(100_000)}x`)).toThrow('If-Match');
  expect(performance.now() - startedMs).toBeLessThan(1_000);
});
