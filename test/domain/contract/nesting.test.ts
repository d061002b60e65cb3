import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_NESTING, nestsTooDeep } from '../../../functions/domain/contract/nesting.ts';

const depthOf = (value: unknown): number =>
  typeof value === 'object' && value !== null
    ? 1 + Object.values(value).reduce((most: number, item) => Math.max(most, depthOf(item)), 0)
    : 0;
const arrays = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
const objects = (depth: number): string => '{"a":'.repeat(depth) + 1 + '}'.repeat(depth);

describe('the nesting of a JSON text', () => {
  it.each([
    ['arrays', arrays],
    ['objects', objects],
  ] as const)('of %s may be as deep as the limit, and no deeper', (_of, nested) => {
    expect(nestsTooDeep(nested(MAX_NESTING))).toBe(false);
    expect(nestsTooDeep(nested(MAX_NESTING + 1))).toBe(true);
    expect(nestsTooDeep(nested(1_000_000))).toBe(true);
  });

  it.each([
    JSON.stringify('['.repeat(100)),
    JSON.stringify({ a: `"\\"${'{'.repeat(100)}`, ['['.repeat(100)]: '\\' }),
    `[${'[],{},'.repeat(100_000)}1]`,
    `"${'\\"['.repeat(100)}`,
    '',
  ])('is not that of what stands in strings or side by side', (json) => {
    expect(nestsTooDeep(json)).toBe(false);
  });

  it('is that of the value, whatever strings it holds', () => {
    const json = fc.jsonValue({ maxDepth: 6 });
    const around = fc.integer({ min: MAX_NESTING - 6, max: MAX_NESTING });
    fc.assert(
      fc.property(json, around, (value, depth) => {
        let whole: unknown = value;
        for (let level = 0; level < depth; level += 1) whole = [String.raw`"]\"`, whole];
        expect(nestsTooDeep(JSON.stringify(whole))).toBe(depthOf(whole) > MAX_NESTING);
      }),
    );
  });

  it('is found in time, whatever the text', () => {
    const startedMs = performance.now();
    for (const part of ['[],', '"\\"",', '\\', '"', '"\\\\\\\\', 'x'])
      nestsTooDeep(part.repeat(2_000_000 / part.length));
    expect(performance.now() - startedMs).toBeLessThan(4_000);
  });
});
