import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fileGlob, textGlob } from '../../../../functions/domain/routing/rules/globs.ts';

describe('a glob of texts', () => {
  it.each([
    ['*', '', true],
    ['*', 'any\nthing', true],
    ['deploy*', 'deploy it', true],
    ['deploy*', 'do deploy it', false],
    ['*invoice*refund*', 'the invoice: refund it', true],
    ['*invoice*refund*', 'refund the invoice', false],
    ['*aab', 'aaab', true],
    ['a*ab', 'ab', false],
    ['a?c', 'abc', true],
    ['a?c', 'ac', false],
    ['*?', '', false],
    ['*b?d*', 'abcbed', true],
    ['\\*', '*', true],
    ['\\*', 'x', false],
    ['why\\?', 'why?', true],
    ['why\\?', 'whys', false],
    ['a\\', 'a\\', true],
    ['Ä*', 'äh', true],
    ['a.c', 'abc', false],
  ])('%j on %j: %s', (glob, text, expected) => {
    expect(textGlob(glob)(text)).toBe(expected);
  });

  it('agrees with a regular expression of the same meaning, whatever the pattern', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), minLength: 1, maxLength: 8 });
    const text = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 12 });
    fc.assert(
      fc.property(letters, text, (glob, said) => {
        const pattern = glob.replaceAll('*', '[^]*').replaceAll('?', '[^]');
        expect(textGlob(glob)(said)).toBe(new RegExp(`^${pattern}$`).test(said));
      }),
    );
  });
});

describe('a glob of file names', () => {
  it.each([
    ['*.tf', 'main.tf', true],
    ['*.tf', 'infra/main.tf', true],
    ['*.tf', 'main.tfvars', false],
    ['dockerfile', 'services/api/dockerfile', true],
    ['infra/*.tf', 'infra/main.tf', true],
    ['infra/*.tf', 'infra/a/main.tf', false],
    ['infra/**/*.tf', 'infra/main.tf', true],
    ['infra/**/*.tf', 'infra/a/b/main.tf', true],
    ['infra/**/*.tf', 'other/infra/main.tf', false],
    ['**/migrations/**', 'db/migrations/1.sql', true],
    ['**/migrations/**', 'migrations', true],
    ['**/a/b/**/c', 'a/a/b/c', true],
    ['**/a/b/**/c', 'a/x/b/c', false],
    ['./src/*', '/src/x', true],
    ['src/**', 'lib/x', false],
  ])('%j on %j: %s', (glob, path, expected) => {
    expect(fileGlob(glob)(path)).toBe(expected);
  });
});
