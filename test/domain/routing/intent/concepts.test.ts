import { describe, expect, test } from 'vitest';
import { makeFindConcepts } from '../../../../functions/domain/routing/intent/concepts.ts';

const find = makeFindConcepts({
  works: { en: ['work'], de: ['funktionier', 'geht'], ja: ['動'] },
  broken: { en: ['broken'], de: ['kaputt', 'funktioniert nicht'] },
  explain: { de: ['erklär'], zh: ['解释'] },
});

describe('what a text speaks of', () => {
  test.each([
    ['kannst du das erklären', ['explain']],
    ['warum funktioniert nichts, alles kaputt', ['works', 'broken', 'broken']],
    ['请解释一下这段代码', ['explain']],
    ['ログインが動かない', ['works']],
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
