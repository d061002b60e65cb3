import { describe, expect, it, vi } from 'vitest';
import { handler } from '../../functions/agents/context-analyzer.ts';
import { ask } from './ask.ts';

vi.hoisted(() => {
  process.env.POWERTOOLS_LOG_LEVEL = 'SILENT';
});

const TYPESCRIPT = `import base, { type Config } from './config.ts';
import type {
  User,
} from "@acme/users";
import 'side-effect';
const fs = require('node:fs');
// function notMe() {}
const text = "function neither() {}";
export async function load<T>(id: string, opts: { a?: number } = {}, ...rest: T[]): Promise<{ x: T }> {
  return inner(id) + twice(2);
  function inner(x) { return x; }
}
const twice = (n: number): number => n * 2;
export default class Store<T> extends Base {
  private seen = load(3);
  constructor(private readonly a: string) { super(); }
  static async open(x?: number): Promise<void> {
    if (x) { load(x) }
    this.check(x);
    other.check(x);
  }
  check(z = /"{/) { return \`a \${z ? \`}\` : "{"} d\`; }
  hook = async (k: string) => { await k; };
}
interface Shape { area(): number }
type Id = string | { id: string };
enum Color { Red }`;

/** Language of the fence, code, and lines that the answer must hold. */
const CODE: readonly (readonly [string, string, readonly string[], readonly string[]])[] = [
  [
    'ts',
    TYPESCRIPT,
    [
      '4 imports, 7 functions and methods, 4 types.',
      '- `./config.ts`, line 1',
      '- `@acme/users`, line 2',
      '- `side-effect`, line 5',
      '- `node:fs`, line 6',
      '- `load(id, opts, ...rest)`: async public function, line 9',
      '- `inner(x)`: function, line 11',
      '- `twice(n)`: function, line 13',
      '- `Store`: public class, line 14',
      '- `Store.constructor(a)`: public method, line 16',
      '- `Store.open(x)`: async public method, line 17',
      '- `Store.check(z)`: public method, line 22',
      '- `Store.hook(k)`: async public method, line 23',
      '- `Shape`: interface, line 25',
      '- `Id`: type, line 26',
      '- `Color`: enum, line 27',
      '- `load` calls `inner`, `twice`',
      '- `Store.open` calls `load`, `Store.check`',
    ],
    ['notMe', 'neither', '`inner` calls'],
  ],
  [
    'js',
    'const a = b => b;\nmodule.exports = { a };\nvar c = function named(d, e) { return a(d); };\nfunction g(a) { return a(1); }',
    ['- `a(b)`: function, line 1', '- `c(d, e)`: function, line 3', '- `c` calls `a`'],
    ['`g` calls'],
  ],
  [
    'py',
    `import os, sys as system
from .models import (User,
  Order)
import numpy as np

@cache(1)
async def fetch(a, b: int = 3, *args: str, key=None, **kw) -> dict[str, int]:
    """def no(): pass"""
    def inner(q):
        return q
    return inner(a)

class Repo(Base):
    def __init__(self, at: Dict[str, int] = {"a": 1}):
        self.at = self.find(at)

    @staticmethod
    def find(x, /, y, *, z): return fetch(x)

def _hidden(
    a,
    b=2,
):
    pass`,
    [
      '4 imports, 5 functions and methods, 1 type.',
      '- `os`, line 1',
      '- `sys`, line 1',
      '- `.models`, line 2',
      '- `numpy`, line 4',
      '- `fetch(a, b, *args, key, **kw)`: async public function, line 7',
      '- `inner(q)`: function, line 9',
      '- `Repo.__init__(at)`: method, line 14',
      '- `Repo.find(x, y, z)`: public method, line 18',
      '- `_hidden(a, b)`: function, line 20',
      '- `fetch` calls `inner`',
      '- `Repo.__init__` calls `Repo.find`',
      '- `Repo.find` calls `fetch`',
    ],
    ['no()'],
  ],
  [
    'java',
    `package com.acme;
import java.util.List;
import static org.junit.Assert.*;
@Service
public class Orders<T> extends Base implements Repo {
  private final Map<String, List<T>> open = new HashMap<>();
  private int size = count(1);
  public Orders(@NonNull final String a, int... xs) { this.a = a; }
  @Override
  @Get("/x")
  public <R> List<R> run(Map<String, R> in, int[] b) throws IOException {
    if (in.isEmpty()) { return count(1); }
    return new Orders(1);
  }
  static int count(int a) { return a; }
  enum Kind { A(1), B(2); Kind(int i) {} }
  interface Line { void add(String s); }
  record Point(int x, int y) { int sum() { return x + y; } }
}`,
    [
      '2 imports, 6 functions and methods, 4 types.',
      '- `org.junit.Assert.*`, line 3',
      '- `Orders`: public class, line 5',
      '- `Orders.Orders(a, ...xs)`: public method, line 8',
      '- `Orders.run(in, b)`: public method, line 11',
      '- `Orders.count(a)`: method, line 15',
      '- `Kind.Kind(i)`: method, line 16',
      '- `Line.add(s)`: public method, line 17',
      '- `Point.sum()`: method, line 18',
      '- `Orders.run` calls `Orders.count`',
    ],
    ['`size`', 'if('],
  ],
  [
    'go',
    `package main

import "fmt"
import (
	"os"
	js "encoding/json"
)

type Server struct{ port int }
type Doer interface{ Do() }

func (s *Server) Add(a, b int, ch chan<- string, xs ...string) (int, error) {
	return sum(a, b), nil
}

func sum(a, b int) map[string]interface{} { return nil }`,
    [
      '3 imports, 2 functions and methods, 2 types.',
      '- `encoding/json`, line 6',
      '- `Server`: public class, line 9',
      '- `Doer`: public interface, line 10',
      '- `Server.Add(a, b, ch, ...xs)`: public method, line 12',
      '- `sum(a, b)`: function, line 16',
      '- `Server.Add` calls `sum`',
    ],
    [],
  ],
];

describe('the context analyzer', () => {
  it.each(CODE)('names what %s code declares', async (language, code, expected, absent) => {
    const { content, status, metadata } = await ask(
      handler,
      `What is this?\n\n\`\`\`${language}\n${code}\n\`\`\`\nThanks`,
    );
    for (const line of expected) expect(content).toContain(line);
    for (const part of absent) expect(content).not.toContain(part);
    expect(status).toBe('completed');
    expect(metadata).toMatchObject({ engine: 'offline', limits: expect.any(Array), material: 'message' });
  });

  it.each(CODE)('finds bare %s code between sentences', async (_, code, expected) => {
    const { content } = await ask(handler, `Hello, please explain this:\n\n${code}\n\nWhat does it do and why?`);
    for (const line of expected.filter((each) => /^- `[\w.]+\(/.test(each))) expect(content).toContain(line);
    expect(content).not.toContain('What does it do');
  });

  it('reads each attachment in its own language', async () => {
    const attachments = [
      { name: 'src/a.py', content: 'def first(a): pass' },
      { name: 'src/b.go', content: 'func second() {}' },
    ];
    const { content } = await ask(handler, 'explain', { attachments });
    expect(content).toMatch(
      /### `src\/a.py` \(Python, 1 line\)[\s\S]*`first\(a\)`[\s\S]*### `src\/b.go` \(Go, 1 line\)[\s\S]*`second\(\)`/,
    );
  });

  it('says that it cannot read a language', async () => {
    const { content } = await ask(handler, '```rust\nfn main() {}\n```');
    expect(content).toContain('I read the structure of TypeScript, JavaScript, Python, Java and Go only');
  });

  it('survives a fence that never closes and fences within fences', async () => {
    const { content } = await ask(handler, '````md\n```js\nfunction a() {}\n```\n````\n~~~js\nfunction b() {}');
    expect(content).toContain('`b()`');
  });

  it("takes the user's newest code for a follow-up, not an agent's", async () => {
    const history = [
      { role: 'user', content: '```js\nfunction oldest() {}\n```' },
      { role: 'user', content: '```js\nfunction newest() {}\n```' },
      { role: 'assistant', content: '```js\nfunction answered() {}\n```' },
    ] as const;
    const { content, metadata } = await ask(handler, 'same for the other one', { history });
    expect(content).toContain('`newest()`');
    expect(content).not.toMatch(/oldest|answered/);
    expect(content).toContain('(sent 2026-11-01T10:01:00Z)');
    expect(metadata.material).toBe('history');
  });

  it("takes an agent's code when the user sent none", async () => {
    const { content } = await ask(handler, 'explain that', {
      history: [{ role: 'assistant', content: '```js\nfunction answered() {}\n```' }],
    });
    expect(content).toContain('`answered()`');
  });

  it.each([
    'How does the billing work?',
    'import duties are too high, said the class',
    'for the following reasons:',
    'let me know if x = 5',
  ])('asks for code when there is only prose: %s', async (message) => {
    expect(await ask(handler, message)).toMatchObject({ status: 'needs_input' });
  });
});
