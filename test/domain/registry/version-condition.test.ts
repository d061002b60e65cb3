import { expect, it } from 'vitest';
import { allows, etagOf, readIfMatch } from '../../../functions/domain/registry/version-condition.ts';

it.each([
  ['"3"', true],
  [' "3" ', true],
  ['"2", "3"', true],
  ['"2","3"', true],
  ['"a,b" , "3"', true],
  ['"2",,"3",', true],
  ['*', true],
  [' * ', true],
  ['"4"', false],
  ['"03"', false],
  ['"3.0"', false],
  ['""', false],
  ['"of-another-server"', false],
  // The comparison is strong.
  ['W/"3"', false],
  ['W/"3", "3"', true],
])('If-Match: %s allows version 3: %s', (header, expected) => {
  expect(allows(readIfMatch(header), 3)).toBe(expected);
});

it.each(['', ' ', ',', '3', '"3', '3"', '"3" "4"', '*, "3"', 'w/"3"', '"3"x', '"é\n"'])(
  'rejects If-Match: %j',
  (header) => {
    expect(() => readIfMatch(header)).toThrow(expect.objectContaining({ code: 'INVALID_REQUEST' }));
  },
);

it('reads what it writes', () => {
  for (const version of [1, 9, 10, 123_456_789]) expect(allows(readIfMatch(etagOf(version)), version)).toBe(true);
});

it('survives a header of 100,000 characters', () => {
  const startedMs = performance.now();
  expect(() => readIfMatch(`${'"1" '.repeat(25_000)}x`)).toThrow('If-Match');
  expect(() => readIfMatch(' '.repeat(100_000))).toThrow('If-Match');
  expect(() => readIfMatch(`"1"${' '.repeat(100_000)}x`)).toThrow('If-Match');
  expect(performance.now() - startedMs).toBeLessThan(1_000);
});
