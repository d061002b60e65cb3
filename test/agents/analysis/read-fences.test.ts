import { expect, it } from 'vitest';
import { readFences } from '../../../functions/agents/analysis/read-fences.ts';

const cases: readonly (readonly [string, string, readonly (readonly [boolean, string, string])[]])[] = [
  ['nothing', '', []],
  ['prose', 'a\nb', [[false, '', 'a\nb']]],
  [
    'a fence',
    'a\n```ts\nb\n```\nc',
    [
      [false, '', 'a'],
      [true, 'ts', 'b'],
      [false, '', 'c'],
    ],
  ],
  [
    'Windows line ends',
    'a\r\n```TS title="x"\r\nb\r\n```\r\n',
    [
      [false, '', 'a'],
      [true, 'ts', 'b'],
    ],
  ],
  ['a path behind the language', '```ts:src/a.ts\nb\n```', [[true, 'ts', 'b']]],
  ['an open fence', '```py\na\nb', [[true, 'py', 'a\nb']]],
  ['a longer fence around a shorter one', '````md\n```js\na\n```\n````', [[true, 'md', '```js\na\n```']]],
  ['tildes around backticks', '~~~\n```\n~~~', [[true, '', '```']]],
  ['inline code on a line of its own', '```a``` b', [[false, '', '```a``` b']]],
  ['an indented fence', '  ```js\na\n  ```', [[true, 'js', 'a']]],
  ['an empty fence', '```\n```', []],
];

it.each(cases)('reads %s', (_, markdown, expected) => {
  expect(readFences(markdown).map(({ fenced, language, text }) => [fenced, language, text])).toEqual(expected);
});
