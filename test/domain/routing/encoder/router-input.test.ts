import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  readRouterInput,
  shortenFences,
  splitIdentifiers,
} from '../../../../functions/domain/routing/encoder/router-input.ts';
import { shippedTokenizer } from './shipped-files.ts';

const shipped = shippedTokenizer();
/** A token a word, so that lengths are easy to see. */
const words = (text: string): number[] => text.split(' ').map((word) => 100 + word.length);
const read = (text: string, { files = [] as string[], previousRole = '', limit = 96 } = {}) =>
  readRouterInput({ text, files, previousRole }, words, limit);

/** Whatever the patterns look at. */
const hostileText = fc.string({ unit: fc.constantFrom(...'`\n aAbB1_/.?é'), maxLength: 60 });

describe('rule 1, fences', () => {
  it('keeps the first and the last line of code that are not blank', () => {
    expect(shortenFences('see ```ts\n\n  one();\ntwo();\n three();\n\n``` why')).toBe(
      'see \n``` one();\nthree();\n why',
    );
  });

  it('keeps a single line once, and an open fence to the end', () => {
    expect(shortenFences('```\nx\n```')).toBe('\n``` x\n');
    expect(shortenFences('a ```sh\nb\nc')).toBe('a \n``` b\nc\n');
    expect(shortenFences('```')).toBe('\n``` \n');
  });

  it('does what the pattern of the training did', () => {
    const reference = (text: string): string =>
      text.replace(/```[^\n`]*\n?([\s\S]*?)(```|$)/g, (_, code: string) => {
        const lines = code
          .split('\n')
          .map((line) => line.trim())
          .filter((line) => line !== '');
        return `\n\`\`\` ${lines[0] ?? ''}${lines.length > 1 ? `\n${lines.at(-1)}` : ''}\n`;
      });
    const same = (text: string): boolean => shortenFences(text) === reference(text);
    fc.assert(fc.property(hostileText, same), { numRuns: 2_000 });
  });
});

describe('rule 2, identifiers', () => {
  it.each([
    ['getUserName', 'get User Name'],
    ['parseHTTPResponse', 'parse HTTP Response'],
    ['snake_case_name', 'snake case name'],
    ['src/a/b', 'src a b'],
    ['app.main', 'app . main'],
    ['f(x)', 'f ( x ) '],
  ])('splits %s', (text, expected) => {
    expect(splitIdentifiers(text)).toBe(expected);
  });

  it('does what the patterns of the training did', () => {
    const reference = (text: string): string =>
      text
        .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
        .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
        .replace(/([A-Za-z0-9])[_/]([A-Za-z0-9])/g, '$1 $2')
        .replace(/([A-Za-z0-9])[_/]([A-Za-z0-9])/g, '$1 $2')
        .replace(/([a-z])\.([a-z])/gi, '$1 . $2')
        .replace(/([?!,;:()[\]{}"`])/g, ' $1 ');
    const same = (text: string): boolean => splitIdentifiers(text) === reference(text);
    fc.assert(fc.property(hostileText, same), { numRuns: 2_000 });
  });
});

describe('rule 3, lines', () => {
  it('joins lines that are not blank by the newline id', () => {
    expect(read('one\r\n\n \t\n  two   three ').ids).toEqual([103, 3, 103, 105]);
  });

  it('looks at 400 tokens, of which the limit cuts the middle', () => {
    const { ids } = read(Array.from({ length: 500 }, (_, index) => 'x'.repeat((index % 30) + 1)).join(' '), {
      limit: 9,
    });
    expect(ids).toEqual([101, 102, 103, 104, 105, 106, 108, 109, 110]);
  });
});

describe('rule 4, context', () => {
  it('appends the previous role, then up to three different extensions', () => {
    const files = ['a.ts', 'b.TS', 'dir.x/c.tsx', 'd.unheard', 'e.go'];
    expect(read('go', { files, previousRole: 'debugger' }).ids).toEqual([102, 8004, 8012, 8013, 8043]);
  });

  it('takes no role that it was not trained on', () => {
    expect(read('go', { previousRole: 'translator' }).ids).toEqual([102]);
  });
});

describe('rule 5, the limit', () => {
  it('keeps two thirds of the front and the rest of the end, beside the context', () => {
    const text = 'a bb ccc dddd eeeee ffffff ggggggg hhhhhhhh iiiiiiiii jjjjjjjjjj';
    expect(read(text, { files: ['x.ts'], limit: 8 }).ids).toEqual([101, 102, 103, 104, 108, 109, 110, 8012]);
  });

  it('never passes it', () => {
    const limit = fc.integer({ min: 8, max: 128 });
    fc.assert(
      fc.property(hostileText, limit, fc.array(fc.string(), { maxLength: 5 }), (text, most, files) => {
        const input = { text: text.repeat(20), files, previousRole: 'none' };
        return readRouterInput(input, shipped, most).ids.length <= most;
      }),
      { numRuns: 200 },
    );
  });
});

describe('rule 6, features', () => {
  it('says which role came before and whether files are attached', () => {
    const features = [...read('go', { files: ['x'], previousRole: 'documentation' }).features];
    expect(features.slice(0, 8)).toEqual([0, 0, 0, 1, 0, 0, 1, 1]);
    expect([...read('go').features].slice(0, 8)).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
  });

  it('counts tokens before identifiers are split', () => {
    expect(read('getUserName of my_team').features[9]).toBeCloseTo(3 / 60, 6);
  });

  it('tells more than 80 tokens from 80', () => {
    expect([...read('a '.repeat(80)).features].slice(8)).toEqual([0, 1]);
    expect([...read('a '.repeat(81)).features].slice(8)).toEqual([1, 1]);
  });
});

describe('1 MiB of anything', () => {
  const size = 1 << 20;
  const pieces = [
    'A',
    'aA',
    'a_',
    'a.',
    '`',
    '```',
    '```\n',
    '\n',
    ' ',
    '\t',
    '\r\n',
    ' a',
    '(',
    '\u0301',
    '中',
    '\ud800',
  ];
  it.each(pieces)('survives %j in linear time', (piece) => {
    const text = piece.repeat(Math.ceil(size / piece.length));
    const begin = performance.now();
    expect(readRouterInput({ text, files: [] }, shipped, 48).ids.length).toBeLessThanOrEqual(48);
    expect(performance.now() - begin).toBeLessThan(4_000);
  });
});
