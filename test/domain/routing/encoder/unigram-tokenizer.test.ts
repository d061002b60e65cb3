import { describe, expect, it } from 'vitest';
import { readVocabulary } from '../../../../functions/domain/routing/encoder/packed-vocabulary.ts';
import { makeUnigramTokenizer } from '../../../../functions/domain/routing/encoder/unigram-tokenizer.ts';
import { packVocabulary } from '../../../../lib/training/pack-vocabulary.ts';
import { shippedTokenizer } from './shipped-files.ts';

const tokenize = shippedTokenizer();

/** A tokenizer of a few pieces, ids from 6 on. */
const tokenizerOf = (...pieces: [string, number | null][]) =>
  makeUnigramTokenizer(readVocabulary(packVocabulary([...Array(6).fill(['\ufffd', 0]), ...pieces])));

describe('the best segmentation', () => {
  // A path may begin wherever nothing has reached: every character needs a piece of its own.
  const characters: [string, number][] = [
    ['▁', -9],
    ['a', -9],
  ];

  it('prefers one likely piece to two', () => {
    expect(tokenizerOf(...characters, ['▁a', -2], ['b', -2], ['▁ab', -3])('ab')).toEqual([10]);
    expect(tokenizerOf(...characters, ['▁a', -2], ['b', -2], ['▁ab', -5])('ab')).toEqual([8, 9]);
  });

  it('takes the later of two equally good ways to a position', () => {
    expect(tokenizerOf(...characters, ['▁a', -2], ['b', -2], ['▁ab', -4])('ab')).toEqual([8, 9]);
  });

  it('lets the last of equal pieces count', () => {
    expect(tokenizerOf(...characters, ['▁a', -1], ['▁a', -8])('a')).toEqual([9]);
  });

  it('counts a piece without a score as 0', () => {
    expect(tokenizerOf(['▁', -1], ['a', null], ['▁a', -2])('a')).toEqual([6, 7]);
  });

  it('never matches a reserved piece', () => {
    expect(tokenize('<s>')).not.toContain(1);
  });
});

describe('what no piece covers', () => {
  it('is one unknown a run', () => {
    expect(tokenizerOf(['▁', -1], ['a', -1])('a中文字')).toEqual([6, 7, 0]);
  });

  it('passes characters beyond 16 bits whole', () => {
    expect(tokenizerOf(['▁', -1], ['b', -1])('🧵b🧶🧶')).toEqual([6, 0, 7, 0]);
  });

  it('knows pieces beyond 16 bits', () => {
    expect(tokenizerOf(['▁', -1], ['🧵', -1])('🧵')).toEqual([6, 7]);
  });
});

describe('edges', () => {
  it('gives no token for no text', () => {
    expect(tokenize('')).toEqual([]);
  });

  it('reads spaces as word starts, alone too', () => {
    expect(tokenizerOf(['▁', -1])('   ')).toEqual([6, 6, 6, 6]);
  });

  it('normalises compatible characters', () => {
    expect(tokenize('ﬁle １２')).toEqual(tokenize('file 12'));
    expect(tokenize('cafe\u0301')).toEqual(tokenize('café'));
  });

  it('keeps case', () => {
    expect(tokenize('The')).not.toEqual(tokenize('the'));
  });

  it.each(['\ud800', '\udc00a', '\0', 'a\0b', '\ud83e\ud83e\uddf5'])('survives half characters and NUL', (text) => {
    expect(tokenize(text)).toContain(0);
  });
});

describe('1 MiB', () => {
  const size = 1 << 20;
  it.each([
    ['words', 'token '.repeat(size / 6)],
    ['one letter', 'e'.repeat(size)],
    ['unknown', '中'.repeat(size)],
    ['marks out of order', '\u0301\u0323'.repeat(size / 2)],
    ['half-width marks out of order', 'ﾞ\u0301'.repeat(size / 2)],
    ['what normalises to 18 characters', 'ﷺ'.repeat(size)],
  ])('survives %s', (_, text) => {
    const begin = performance.now();
    expect(tokenize(text).length).toBeGreaterThan(0);
    expect(performance.now() - begin).toBeLessThan(2_000);
  });
});

describe('readVocabulary', () => {
  it('rejects other bytes', () => {
    expect(() => readVocabulary(new Uint8Array(3))).toThrow('too short');
    expect(() => readVocabulary(new Uint8Array(64))).toThrow('no packed vocabulary');
  });
});
