import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { handler as codeGenerator } from '../../functions/agents/code-generator.ts';
import { handler as codeReviewer } from '../../functions/agents/code-reviewer.ts';
import { handler as contextAnalyzer } from '../../functions/agents/context-analyzer.ts';
import { handler as debug } from '../../functions/agents/debugger.ts';
import { handler as documentation } from '../../functions/agents/documentation.ts';
import { ask } from '../agents/ask.ts';
import { HEAVY_INPUTS } from '../agents/heavy-inputs.ts';

vi.hoisted(() => {
  process.env.POWERTOOLS_LOG_LEVEL = 'SILENT';
});

const TELLING = new Set([
  'white space',
  'methods',
  'Python functions',
  'one line of slashes',
  'a deep JSON',
  'JSON rows',
  'exceptions',
  'a diff',
]);

const AGENTS = Object.entries({ contextAnalyzer, codeGenerator, debug, documentation, codeReviewer });

const FRAGMENTS = [
  '```',
  '~~~',
  '```ts\n',
  '```py\n',
  '```json\n',
  '```diff\n',
  '\n',
  '\r\n',
  ' ',
  '\t',
  '"',
  "'",
  '`',
  '"""',
  '${',
  '{',
  '}',
  '(',
  ')',
  '[',
  ']',
  '<',
  '>',
  '/',
  '//',
  '/*',
  '*/',
  '#',
  '\\',
  '=',
  '=>',
  '->',
  ':',
  ';',
  ',',
  '...',
  '**',
  '@',
  '+',
  '-',
  'function f(',
  'async ',
  'export ',
  'const a = ',
  'class A ',
  'class A:\n',
  'def f(a, b=[]',
  'func (s *S) F(a, b int',
  'public void f(String a',
  'import ',
  'import x from "y"',
  'from x import y',
  'package main\n',
  'interface I ',
  'type T = ',
  'return ',
  'throw new X',
  'catch (e) {}',
  'except:\n',
  'pass\n',
  'SELECT a FROM b ',
  'password = "a1b2c3d4',
  'eval(x)',
  '== null',
  'TODO',
  'README',
  'tests',
  '@@ -1,2 +1,3 @@\n',
  '+++ b/a.ts\n',
  '--- a/a.ts\n',
  'diff --git a b\n',
  '    at f (/a.js:1:2)\n',
  '\tat a.B.c(B.java:1)\n',
  '   at A.B.C() in a.cs:line 3\n',
  'Traceback (most recent call last):\n',
  '  File "a.py", line 1, in f\n',
  'TypeError: x\n',
  'Caused by: a.B\n',
  ' ---> A.B: c\n',
  'panic: x\n\n',
  'goroutine 1 [running]:\nmain.f()\n\t/a.go:1 +0x1\n',
  "a.rb:1:in `f': x (E)\n",
  '{"a": 1}',
  '[{"a": null}, {"b": [[]]}]',
  '__proto__',
  'constructor',
  '\u0000',
  '\ud800',
  '\u2028',
  '𝒳',
  'ü',
];

const input = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.array(fc.constantFrom(...FRAGMENTS), { maxLength: 60 }).map((parts) => parts.join('')),
);

describe.each(AGENTS)('%s', (_, handler) => {
  it('survives any input with a well-formed answer', async () => {
    await fc.assert(
      fc.asyncProperty(
        input,
        input,
        fc.constantFrom('a.ts', 'a.py', 'a.java', 'a.go', 'package.json', 'a.diff', 'a.log', 'noext'),
        async (message, other, name) => {
          const reply = await ask(handler, message, {
            history: [{ role: 'user', content: other }],
            attachments: [{ name, content: other }],
          });
          expect(reply.content.length).toBeGreaterThan(0);
          expect(reply.metadata.engine).toBe('offline');
          expect(['completed', 'needs_input', 'handoff']).toContain(reply.status);
        },
      ),
      { numRuns: 150 },
    );
  });

  // The whole list, fenced too, is in test/verify.
  it.each(HEAVY_INPUTS.filter(([kind]) => TELLING.has(kind)))(
    'survives 1 MiB of %s within 5 s',
    async (_kind, paste) => {
      const before = process.cpuUsage();
      await ask(handler, paste);
      const { user, system } = process.cpuUsage(before);
      // Processor time, because other tests run beside this one.
      expect((user + system) / 1e6).toBeLessThan(5);
    },
    30_000,
  );
});
