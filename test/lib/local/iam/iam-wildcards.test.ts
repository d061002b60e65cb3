import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesWildcard } from '../../../../lib/local/iam/iam-wildcards.ts';

describe('IAM wildcards', () => {
  it.each([
    ['*', '', true],
    ['', '', true],
    ['', 'a', false],
    ['dynamodb:*', 'dynamodb:getitem', true],
    ['dynamodb:get*', 'dynamodb:putitem', false],
    ['a?c', 'abc', true],
    ['a?c', 'ac', false],
    ['?', '', false],
    ['*?', '', false],
    ['a*b*c', 'aXbYbZc', true],
    ['a*b*c', 'aXbYbZ', false],
    ['a.c', 'abc', false],
    ['[a]', '[a]', true],
    ['**', 'anything', true],
  ])('%s on "%s" is %s', (pattern, text, expected) => {
    expect(matchesWildcard(pattern, text)).toBe(expected);
  });

  it('agrees with the regular expression of the same meaning', () => {
    const piece = fc.constantFrom('a', 'b', '*', '?', ':', '.');
    const pattern = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));
    const text = fc.array(fc.constantFrom('a', 'b', ':', '.'), { maxLength: 10 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(pattern, text, (p, t) => {
        const source = p.replace(/[.]/g, '\\.').replaceAll('*', '[^]*').replaceAll('?', '[^]');
        expect(matchesWildcard(p, t)).toBe(new RegExp(`^${source}$`).test(t));
      }),
      { numRuns: 2000 },
    );
  });

  it('survives patterns that make backtracking matchers hang', () => {
    const started = performance.now();
    expect(matchesWildcard(`${'*a'.repeat(200)}b`, 'a'.repeat(5000))).toBe(false);
    expect(performance.now() - started).toBeLessThan(2000);
  });
});
