import { describe, expect, it, vi } from 'vitest';
import { handler } from '../../functions/agents/documentation.ts';
import { ask } from './ask.ts';

vi.hoisted(() => {
  process.env.POWERTOOLS_LOG_LEVEL = 'SILENT';
});

const CASES: readonly (readonly [string, string, string, string])[] = [
  [
    'TypeScript as JSDoc without types',
    'ts',
    "export async function load<T>(id: string, { a, b: c = 2 }: Opts = {}, ...rest: T[]): Promise<T> {\n  xs.map(() => { return 1; });\n  throw new RangeError('x');\n}",
    `/**
 * Describe what load does.
 *
 * @param id - Describe id.
 * @param options - Describe options. Defaults to {}.
 * @param options.a - Describe a.
 * @param options.b - Describe b.
 * @param rest - Describe rest.
 * @returns Describe the result.
 * @throws RangeError Describe when.
 */
export async function load<T>(id: string, { a, b: c = 2 }: Opts = {}, ...rest: T[]): Promise<T>`,
  ],
  [
    'JavaScript as JSDoc with types',
    'js',
    'function area(w, h = 2) { return w * h; }\nconst log = (text) => { write(text, () => { return 1; }); };',
    `/**
 * Describe what area does.
 *
 * @param {*} w - Describe w.
 * @param {*} [h=2] - Describe h. Defaults to 2.
 * @returns {*} Describe the result.
 */
function area(w, h = 2)

/**
 * Describe what log does.
 *
 * @param {*} text - Describe text.
 */
const log = (text) =>`,
  ],
  [
    'Python as a Google docstring',
    'py',
    'class Api:\n    async def get(self, path, retries: int = 3, *args, **kw) -> dict:\n        def inner():\n            raise KeyError(1)\n        raise ValueError(1)\n\ndef numbers():\n    yield 1\n\ndef nothing(a):\n    return None',
    `async def get(self, path, retries: int = 3, *args, **kw) -> dict:
    """Describe what get does.

    Args:
        path: Describe path.
        retries: Describe retries. Defaults to 3.
        *args: Describe args.
        **kw: Describe kw.

    Returns:
        Describe the result.

    Raises:
        ValueError: Describe when.
    """

def numbers():
    """Describe what numbers does.

    Yields:
        Describe the result.
    """

def nothing(a):
    """Describe what nothing does.

    Args:
        a: Describe a.
    """`,
  ],
  [
    'Java as Javadoc',
    'java',
    'class A {\n  public int f(final List<String> names, int b) throws IOException { throw new Bad(); }\n  void g() {}\n}',
    `/**
 * Describe what f does.
 *
 * @param names Describe names.
 * @param b Describe b.
 * @return Describe the result.
 * @throws IOException Describe when.
 * @throws Bad Describe when.
 */
public int f(final List<String> names, int b) throws IOException

/**
 * Describe what g does.
 */
void g()`,
  ],
  [
    'Go as a comment that starts with the name',
    'go',
    'func (s *Store) Put(key, value string) (int, error) {\n\treturn 1, nil\n}',
    `// Put does … (describe it).
//
// Parameters:
//  - key: describe this string.
//  - value: describe this string.
//
// It returns (int, error): describe the result.
func (s *Store) Put(key, value string) (int, error)`,
  ],
];

describe('the documentation agent', () => {
  it.each(CASES)('documents %s', async (_, language, code, expected) => {
    const { content, status, metadata } = await ask(handler, `Document this:\n\`\`\`${language}\n${code}\n\`\`\``);
    const [, skeleton] = /```\w+\n([\s\S]*?)\n```/.exec(content) ?? [];
    expect(skeleton).toBe(expected);
    expect(status).toBe('completed');
    expect(metadata).toMatchObject({ engine: 'offline' });
  });

  it.each([
    ['Write a docstring for def add(a: int, b: int) -> int', 'def add(a: int, b: int) -> int:\n    """'],
    ['Please document `function area(w, h)`.', '@param {*} h - Describe h.'],
  ])('documents a signature within a sentence: %s', async (message, expected) => {
    expect((await ask(handler, message)).content).toContain(expected);
  });

  it('survives defaults that would end the comment', async () => {
    const { content } = await ask(handler, '```js\nfunction f(a = "*/") {}\n```\n```py\ndef g(a="""x"""): pass\n```');
    // One closes the comment, one stands in the signature's string.
    expect(content.match(/\*\//g)).toHaveLength(2);
    expect(content).toContain("Defaults to '''x'''");
  });

  it('makes a README from what it is shown', async () => {
    const attachments = [
      {
        name: 'package.json',
        content:
          '{"name":"widget-tools","description":"Makes widgets.","license":"MIT","scripts":{"test":"vitest"},"dependencies":{"zod":"4"}}',
      },
      {
        name: 'src/index.ts',
        content:
          'import * as z from "zod";\nimport { x } from "./x.ts";\nexport const make = (size: number) => size;\nexport class Widget {}\nconst hidden = () => 1;',
      },
    ];
    const { content } = await ask(handler, 'Write a README please', { attachments });
    for (const part of [
      '# widget-tools\n\nMakes widgets.',
      '- `npm run test`: runs `vitest`.',
      '- `make(size)`: describe this function.',
      '- `Widget`: describe this class.',
      '- `zod`',
      '`MIT`',
    ])
      expect(content).toContain(part);
    expect(content).not.toMatch(/hidden|\.\/x\.ts/);
  });

  it.each([
    ['Write a README for my project widget-tools', '# widget-tools'],
    ['I need a readme for `@acme/shop`', '# @acme/shop'],
    ['Can you write the README?', '# Project name'],
  ])('makes a README from the request alone: %s', async (message, title) => {
    const { content, status } = await ask(handler, message);
    expect(content).toContain(title);
    expect(status).toBe('completed');
  });

  it('asks for code when there is none', async () => {
    expect(await ask(handler, 'document it')).toMatchObject({ status: 'needs_input' });
  });
});
