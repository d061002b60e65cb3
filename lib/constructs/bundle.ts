import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { buildSync } from 'esbuild';
import * as z from 'zod';
import { RoleAdditions, type RoleTable } from '../../functions/domain/contract/roles.ts';

/** CommonJS packages inside an ES module still call `require` for Node's own modules. */
const REQUIRE =
  "import{createRequire as switchboardRequire}from'node:module';const require=switchboardRequire(import.meta.url);";

/**
 * Bundles every entry into a directory of its own, `<directory>/<name>/index.mjs` with its source map, in one call:
 * starting esbuild costs more than the bundles do (docs/adr/0001-one-esbuild-call.md).
 * The same sources give the same bytes wherever `directory` is, so that a function changes only if its code does.
 *
 * @param entries source file by name, relative to `root`
 * @param roles what the setting `roles` adds: built in, since the domain reads no environment (docs/adr/0015)
 * @returns the directories by name
 * @throws BuildFailure of esbuild if an entry is missing or does not compile
 */
export const bundle = <Name extends string>(
  entries: Readonly<Record<Name, string>>,
  root: string,
  directory: string,
  roles: RoleTable = {},
): Readonly<Record<Name, string>> => {
  const names = Object.keys(entries) as Name[];
  // The map's paths are relative to `outdir`: a fixed one, never written to, keeps `directory` out of them.
  const outdir = join(resolve(root), '.bundle');
  const { outputFiles } = buildSync({
    absWorkingDir: resolve(root),
    entryPoints: names.map((name) => ({ in: entries[name], out: `${name}/index` })),
    outdir,
    outExtension: { '.js': '.mjs' },
    write: false,
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    // 'module' first: tree shaking works on ES modules only (1.15 MB → 0.54 MB).
    mainFields: ['module', 'main'],
    conditions: ['node', 'module'],
    banner: { js: REQUIRE },
    define: { SWITCHBOARD_ROLES: JSON.stringify(z.encode(RoleAdditions, roles)) },
    sourcemap: 'linked',
    sourcesContent: false,
    legalComments: 'none',
    logLevel: 'silent',
  });
  for (const file of outputFiles) {
    const path = join(directory, relative(outdir, file.path));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, file.contents);
  }
  return Object.fromEntries(names.map((name) => [name, join(directory, name)])) as Record<Name, string>;
};
