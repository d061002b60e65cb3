import { describe, expect, test } from 'vitest';
import { makeFindConcepts } from '../../../../functions/domain/routing/intent/concepts.ts';
import { readLexicon } from '../../../../functions/domain/routing/intent/lexicon.ts';
import { packConcepts } from '../../../../lib/training/pack-concepts.ts';

const file = packConcepts({
  works: { en: ['work'], de: ['funktionier', 'geht'], ja: ['動'] },
  broken: { en: ['broken'], de: ['kaputt', 'funktioniert nicht'] },
  explain: { de: ['Erklär', 'wozu  dient'], zh: ['解释'], ko: ['설명', '설명 해'] },
  code: { en: ['code'], de: ['code'] },
});
const find = makeFindConcepts(readLexicon(file));

describe('what a text speaks of', () => {
  test.each([
    ['kannst du das erklären', ['explain']],
    ['warum funktioniert nichts, alles kaputt', ['works', 'broken', 'broken']],
    ['请解释一下这段代码', ['explain']],
    ['ログインが動かない', ['works']],
    ['wozu dient das hier, wozu nicht', ['explain']],
    ['이 코드를 설명 해줘', ['explain']],
    ['𠮷解释', ['explain']],
    // Longer than any word is looked for, and a beginning of one.
    [`${'kaputt'.repeat(9)} kaput`, ['broken']],
    // One word in two languages is one concept.
    ['der code geht kaputt', ['code', 'works', 'broken']],
  ])('%s', (text, concepts) => {
    expect(find(text)).toEqual(concepts);
  });

  test('is not looked for in English', () => {
    expect(find('why does it not work, is it broken?')).toEqual([]);
    expect(find('fix tests')).toEqual([]);
  });

  test('takes linear time, whatever the text', () => {
    for (const unit of ['解', 'a', 'erklär ', 'x'.repeat(500)])
      expect(find(unit.repeat(2_000)).length).toBeLessThan(20_001);
  });
});

describe('a lexicon', () => {
  test.each([
    ['nothing', file.subarray(0, 0)],
    ['half a header', file.subarray(0, 19)],
    ['half a file', file.subarray(0, file.length - 2)],
    ['other bytes', new Uint8Array(file.length)],
  ])('rejects %s', (_, bytes) => {
    expect(() => readLexicon(bytes)).toThrow(RangeError);
  });

  test('is read wherever it lies', () => {
    const moved = new Uint8Array(file.length + 1);
    moved.set(file, 1);
    expect(readLexicon(moved.subarray(1))).toEqual(readLexicon(file));
  });
});
