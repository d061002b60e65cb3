import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it, vi } from 'vitest';
import type { AgentHandler } from '../../functions/agents/kit/define-agent.ts';
import { ask } from './ask.ts';

vi.hoisted(() => {
  process.env.POWERTOOLS_LOG_LEVEL = 'SILENT';
});

const root = new URL('../..', import.meta.url).pathname;

it('the example in docs/agents.md compiles and answers', { timeout: 60_000 }, async () => {
  const [, source] = /```ts\n([\s\S]*?)\n```/.exec(await readFile(join(root, 'docs/agents.md'), 'utf8')) ?? [];
  if (source === undefined) throw new Error('docs/agents.md has no example');
  const folder = await mkdtemp(join(tmpdir(), 'example-'));
  try {
    const file = join(folder, 'example.mts');
    await writeFile(file, source.replaceAll("'./kit/", `'${root}functions/agents/kit/`));
    const config = join(folder, 'tsconfig.json');
    const compilerOptions = {
      composite: false,
      noEmit: true,
      emitDeclarationOnly: false,
      typeRoots: [join(root, 'node_modules/@types')],
    };
    await writeFile(
      config,
      JSON.stringify({ extends: join(root, 'tsconfig.json'), compilerOptions, files: [file], references: [] }),
    );
    const output = await promisify(execFile)(join(root, 'node_modules/.bin/tsc'), ['-p', config]).then(
      () => '',
      (error: { stdout: string }) => error.stdout,
    );
    expect(output).toBe('');
    const { handler } = (await import(file)) as { handler: AgentHandler };
    expect(await ask(handler, 'feat: count\nchore: x\nfix: sum')).toMatchObject({
      content: '### Added\n- count\n### Fixed\n- sum',
      metadata: { engine: 'conventional-commits' },
    });
  } finally {
    await rm(folder, { recursive: true });
  }
});
