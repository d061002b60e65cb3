import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import { handler } from '../../functions/agents/code-generator.ts';
import { ask } from './ask.ts';

vi.hoisted(() => {
  process.env.POWERTOOLS_LOG_LEVEL = 'SILENT';
});

const sourceIn = (content: string): string => /```\w+\n([\s\S]*?)\n```/.exec(content)?.[1] ?? '';

const SAMPLES: readonly unknown[] = [
  { id: 1, name: 'a', ok: true, none: null },
  { user: { address: { city: 'x', geo: { lat: 1.5 } } }, address: { other: 1 } },
  { items: [{ a: 1 }, { a: 'x', 'b-c': { d: [] } }, { a: null, 'b-c': { d: [1, 'two', null] } }] },
  [{ a: 1 }, { b: 2 }],
  [1, 'a', null, [true]],
  [],
  {},
  { e: {}, '': 1, '1st': 2, class: 3, 'ü b': 4, $ok: 5, 'quo"te': 6, constructor: 7, 'new\nline': 8 },
  JSON.parse(
    '{"__proto__": {"a": 1}, "object": {"a": 1}, "Array": {"b": [{"c": 1}]}, "string": {"x": 1}, "record": {}, "number": [{"y": 1}]}',
  ),
  { a: { item: { x: 1 } }, b: { item: { y: 1 } }, item2: { z: 1 }, Item: { w: 1 } },
  Object.fromEntries(Array.from({ length: 400 }, (_, index) => [`key ${index}`, { n: index }])),
  { matrix: [[1, 2], [3]], mixed: [[{ a: 1 }], [{ a: 2, b: 3 }]] },
  Array.from({ length: 40 }).reduce<unknown>((inner) => ({ inner }), 'deep'),
];

const typesFor = async (sample: unknown): Promise<string> =>
  sourceIn((await ask(handler, `\`\`\`json\n${JSON.stringify(sample)}\n\`\`\``)).content);

describe('types from JSON', () => {
  it('names nested types, merges arrays, marks optional fields and quotes odd names', async () => {
    const { content, status, metadata } = await ask(
      handler,
      'Make a type Order from {"id": 1, "tags": ["a", null], "lines": [{"a": 1}, {"a": "x", "b-c": {"d": []}}], "e": {}} please',
    );
    expect(sourceIn(content)).toBe(`export interface Order {
  id: number;
  tags: (string | null)[];
  lines: Line[];
  e: { [key: string]: unknown };
}

export interface Line {
  a: number | string;
  "b-c"?: BC;
}

export interface BC {
  d: unknown[];
}`);
    expect(status).toBe('completed');
    expect(metadata).toMatchObject({ engine: 'offline' });
  });

  it('compiles and fits its own sample', { timeout: 60_000 }, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'types-'));
    try {
      const files = await Promise.all(
        SAMPLES.map(async (sample, index) => {
          const file = join(folder, `sample-${index}.ts`);
          await writeFile(file, `${await typesFor(sample)}\nexport const sample: Root = ${JSON.stringify(sample)};\n`);
          return file;
        }),
      );
      const tsc = new URL('../../node_modules/.bin/tsc', import.meta.url).pathname;
      const args = [
        '--ignoreConfig',
        '--noEmit',
        '--strict',
        '--skipLibCheck',
        '--types',
        '',
        '--target',
        'es2024',
        ...files,
      ];
      const output = await promisify(execFile)(tsc, args).then(
        () => '',
        (error: { stdout: string }) => error.stdout,
      );
      expect(output).toBe('');
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('takes the name of an attachment', async () => {
    const { content } = await ask(handler, 'types', {
      attachments: [{ name: 'data/order-lines.json', content: '{"a":1}' }],
    });
    expect(content).toContain('export interface OrderLines {');
  });

  it('asks for a smaller sample when the types would be too long', async () => {
    const wide = Object.fromEntries(
      Array.from({ length: 200 }, (_, index) => [
        `g${index}`,
        Object.fromEntries(Array.from({ length: 200 }, (_n, field) => [`f${field}`, 1])),
      ]),
    );
    const { content } = await ask(handler, `\`\`\`json\n${JSON.stringify(wide)}\n\`\`\``);
    expect(content).toContain('Send a smaller sample');
  });
});

describe('test skeletons', () => {
  it('calls TypeScript functions with typical arguments', async () => {
    const { content } = await ask(handler, 'write tests', {
      attachments: [
        {
          name: 'src/load.ts',
          content:
            'export async function load(id: string, n = 1, ...more: X[]): Promise<number> { return 1 }\nconst hidden = () => 1;\nexport const add = (a: number, b: number[]): number => a;',
        },
      ],
    });
    const source = sourceIn(content);
    expect(source).toContain("import { load, add } from './load.ts';");
    expect(source).toContain("    expect(await load('text', 1)).toEqual('replace by the expected result');");
    expect(source).toContain('    expect(add(1, [])).toEqual(');
    expect(source).toContain(
      "  it.todo('works for an empty id');\n  it.todo('works without n');\n  it.todo('works without more');",
    );
    expect(source).not.toContain('hidden');
    expect(() => stripTypeScriptTypes(source)).not.toThrow();
  });

  it('calls Python functions by parameter name', async () => {
    const source = sourceIn(
      (
        await ask(
          handler,
          'add tests\n```py\nasync def load(id: str, n: int = 1):\n    return 1\ndef plain(a, *rest): pass\n```',
        )
      ).content,
    );
    expect(source).toContain('import asyncio\n\nimport pytest\n\nfrom module_under_test import load, plain\n');
    expect(source).toContain(
      'def test_load_answers_for_typical_arguments():\n    assert asyncio.run(load(id="text")) == "replace by the expected result"',
    );
    expect(source).toContain('    assert plain(a=None) == ');
    expect(source).toContain('def test_load_works_without_n():');
  });

  it('prefers tests to types when tests are asked for', async () => {
    const message = 'write tests\n```json\n{"a":1}\n```\n```ts\nexport const f = () => 1;\n```';
    expect((await ask(handler, message)).content).toContain("describe('f'");
    expect((await ask(handler, message.replace('write tests', 'types'))).content).toContain('export interface Root');
  });
});

it.each(['implement a rate limiter', 'see [1] and {x}', '```rust\nfn main() {}\n```'])(
  'asks for a sample or signature: %s',
  async (message) => {
    expect(await ask(handler, message)).toMatchObject({ status: 'needs_input', metadata: { engine: 'offline' } });
  },
);
