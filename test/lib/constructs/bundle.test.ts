import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROLES, type RoleTable } from '../../../functions/domain/contract/roles.ts';
import { bundle } from '../../../lib/constructs/bundle.ts';

let root: string;
const write = (name: string, text: string): void => writeFileSync(join(root, name), text);
const ENTRIES = { One: 'one.ts', Two: 'two.ts' };

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'switchboard-bundle-'));
  mkdirSync(join(root, 'node_modules/old'), { recursive: true });
  write('node_modules/old/index.js', "module.exports = { join: require('node:path').join };");
  write('shared.ts', 'export const shared: number = 40;');
  write('one.ts', "import { shared } from './shared.ts'; export const handler = async () => shared + 1;");
  write('two.ts', "import old from 'old'; export const handler = async () => old.join('a', 'b');");
});
afterAll(() => rmSync(root, { recursive: true }));

describe('bundles', () => {
  test('run, each from a directory of its own, with CommonJS packages inside', async () => {
    const directories = bundle(ENTRIES, root, join(root, 'run'));
    const answers = await Promise.all(
      [directories.One, directories.Two].map(async (directory) => {
        const { handler } = await import(pathToFileURL(join(directory, 'index.mjs')).href);
        return handler();
      }),
    );
    expect(answers).toEqual([41, 'a/b']);
    expect(readdirSync(directories.Two).sort()).toEqual(['index.mjs', 'index.mjs.map']);
  });

  test('are the same bytes wherever they are written', () => {
    const read = (directory: string) =>
      ['index.mjs', 'index.mjs.map'].map((file) => readFileSync(join(directory, file), 'utf8'));
    const here = bundle(ENTRIES, root, join(root, 'here'));
    const there = bundle(ENTRIES, root, join(root, 'over/there/deep'));
    expect(read(there.One)).toEqual(read(here.One));
    expect(read(there.Two)).toEqual(read(here.Two));
  });

  test('know the roles that a team has added, and without them those that ship', async () => {
    const roles = new URL('../../../functions/domain/contract/roles.ts', import.meta.url).pathname;
    write('roles.ts', `export { ROLES } from '${roles}';`);
    const namesIn = async (directory: string, additions?: RoleTable): Promise<readonly string[]> => {
      const bundled = bundle({ Roles: 'roles.ts' }, root, join(root, directory), additions);
      return Object.keys((await import(pathToFileURL(join(bundled.Roles, 'index.mjs')).href)).ROLES);
    };
    const translator = { capabilities: ['translate'], fallbackRoles: ['debugger'], phrases: ["l'allemand"] };
    expect(await namesIn('without')).toEqual(Object.keys(ROLES));
    expect(await namesIn('with', { translator })).toEqual([...Object.keys(ROLES), 'translator']);
  });

  test('bring what they import lazily in a file of its own, with its licence, and only where they do', async () => {
    write('lazy.ts', "export const handler = async () => (await import('re2js')).RE2JS.compile('a+').test('xaax');");
    const directories = bundle({ One: 'one.ts', Lazy: 'lazy.ts' }, root, join(root, 'lazy'));
    expect(readdirSync(directories.One).sort()).toEqual(['index.mjs', 'index.mjs.map']);
    const folder = join(directories.Lazy, 'node_modules/re2js');
    expect(readdirSync(folder).sort()).toEqual(['LICENSE', 'index.js', 'package.json']);
    expect(readFileSync(join(directories.Lazy, 'index.mjs')).length).toBeLessThan(1_000);
    expect(readFileSync(join(folder, 'index.js')).length).toBeGreaterThan(100_000);
    const { handler } = await import(pathToFileURL(join(directories.Lazy, 'index.mjs')).href);
    expect(await handler()).toBe(true);
  });

  test('of the router fit its budget, without what no function comes to, and have the model beside them', () => {
    const repository = fileURLToPath(new URL('../../../', import.meta.url));
    const entries = { Router: 'functions/handlers/router.ts', Sweeper: 'functions/handlers/sweeper.ts' };
    const { Router, Sweeper } = bundle(entries, repository, join(root, 'router'));
    expect(readdirSync(Sweeper)).not.toContain('model');
    const code = readFileSync(join(Router, 'index.mjs'), 'utf8');
    expect(code.length).toBeLessThan(700_000);
    // The chain that the SDK would look for credentials by, and the import that makes Node load undici.
    expect(code).not.toMatch(/fromSSO|fromIni|from"(node:)?http"/);
    expect(code).toContain('the environment has no AWS credentials');
    const model = ['LICENSE', 'NOTICE', 'concepts.bin', 'encoder-weights.bin', 'intent.bin', 'kernels.wasm'];
    const beside = readdirSync(join(Router, 'model'));
    expect(beside).toEqual(expect.arrayContaining([...model, 'vocabulary.bin']));
    expect(beside).not.toContain('kernels');
    expect(beside).not.toContain('concepts.json');
  });

  test('rejects an entry that is missing, by name', () => {
    expect(() => bundle({ Three: 'three.ts' }, root, join(root, 'none'))).toThrow(/three\.ts/);
  });
});
