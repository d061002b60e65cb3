import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { viewMessage } from '../../../../functions/domain/routing/intent/message-view.ts';
import {
  BUCKETS,
  ngramBuckets,
  ngramFeatures,
  type Vocabulary,
} from '../../../../functions/domain/routing/intent/ngram-features.ts';

/** Knows every n-gram, none rarer than another. */
const EVERYTHING: Vocabulary = { size: BUCKETS, placeOf: (bucket) => bucket, rarityAt: () => 1 };

const view = (message: string, files: readonly string[] = [], previousRole?: string) =>
  viewMessage({ message, attachments: files.map((name) => ({ name, content: '' })), previousRole }, () => []);
const bucketsOf = (...of: Parameters<typeof view>) => ngramBuckets(view(...of));

describe('features', () => {
  test('of any text are finite, at known places, and few', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 3000 }), (text) => {
        const { places, values } = ngramFeatures(view(text), EVERYTHING);
        expect(places.length).toBe(values.length);
        expect(places.length).toBeLessThan(20_000);
        expect(places.every((place) => place < BUCKETS)).toBe(true);
        expect(values.every(Number.isFinite)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  test('tell letters in another order, another file type and another previous role', () => {
    const plain = bucketsOf('why does it fail');
    expect(bucketsOf('does it fail why')).not.toEqual(plain);
    expect(bucketsOf('why does it fail', ['a.sql'])).not.toEqual(bucketsOf('why does it fail', ['a.go']));
    expect(bucketsOf('again', [], 'debugger')).not.toEqual(bucketsOf('again', [], 'documentation'));
  });

  test('do not tell capitals', () => {
    expect(bucketsOf('FIX the Login')).toEqual(bucketsOf('fix the login'));
  });

  test('leave out what the vocabulary does not know', () => {
    const { places } = ngramFeatures(view('fix the login'), { ...EVERYTHING, placeOf: () => -1 });
    expect(places.length).toBe(0);
  });
});

describe('a view', () => {
  test('keeps the question behind a long paste', () => {
    const { text } = view(`\`\`\`ts\n${'const a = 1;\n'.repeat(50_000)}\`\`\`\nis this safe to merge?`);
    expect(text).toContain('is this safe to merge?');
    expect(text.length).toBeLessThan(1600);
  });

  test('of a long text is its beginning and its end', () => {
    const { text } = view(`first ${'x '.repeat(600_000)} last`);
    expect(text).toMatch(/^first .* last$/s);
    expect(text.length).toBeLessThan(1600);
  });
});
