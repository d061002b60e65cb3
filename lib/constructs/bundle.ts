import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync, type Metafile } from 'esbuild';
import * as z from 'zod';
import { RoleAdditions, type RoleTable } from '../../functions/domain/contract/roles.ts';

/** CommonJS packages inside an ES module still call `require` for Node's own modules. */
const REQUIRE =
  "import{createRequire as switchboardRequire}from'node:module';const require=switchboardRequire(import.meta.url);";

/** Packages that functions import only when they need them: each stays a file of its own, beside the function's code. */
const LAZY = ['re2js'];

const instead = (file: string): string =>
  fileURLToPath(new URL(`../../functions/adapters/instead/${file}`, import.meta.url));

/** Modules that bundles have something lighter in place of (docs/adr/0020-cold-start.md). */
const INSTEAD = {
  '@aws-sdk/credential-provider-node': instead('default-provider.ts'),
  'node:http': instead('node-http.cjs'),
};

/** Files that a function reads beside its code: copied to where its code reads one of them. */
const BESIDE = {
  read: 'encoder-weights.bin',
  folder: 'functions/model',
  name: 'model',
  /** Sources of what is in the folder. */
  without: ['kernels', 'concepts.json'],
};

/** How both kinds of code are made. */
const COMMON = {
  write: false,
  bundle: true,
  minify: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  legalComments: 'none',
  logLevel: 'silent',
} as const;

/** Whether a function's bundle imports a lazy package. */
const imports = ({ outputs }: Metafile, name: string, lazy: string): boolean =>
  Object.entries(outputs).some(
    ([path, output]) =>
      path.endsWith(`/${name}/index.mjs`) &&
      output.imports.some((imported) => imported.external && imported.path === lazy),
  );

/** Puts a package where Node finds it for the code in these directories: minified, with its licence. */
const addPackage = (directories: readonly string[], name: string): void => {
  if (directories.length === 0) return;
  const entry = fileURLToPath(import.meta.resolve(name));
  const [built] = buildSync({ ...COMMON, entryPoints: [entry] }).outputFiles;
  for (const directory of directories) {
    const folder = join(directory, 'node_modules', name);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'index.js'), built?.contents ?? '');
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, type: 'module', exports: './index.js' }));
    cpSync(join(entry.slice(0, entry.indexOf(`/${name}/`)), name, 'LICENSE'), join(folder, 'LICENSE'));
  }
};

/**
 * Bundles every entry into a directory of its own, `<directory>/<name>/index.mjs` with its source map, in one call:
 * starting esbuild costs more than the bundles do (docs/adr/0001-one-esbuild-call.md). Packages of `LAZY` stand beside
 * the bundles that import them, in `node_modules`, and the routing model beside those that read it, in `model`.
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
  const { outputFiles, metafile } = buildSync({
    ...COMMON,
    absWorkingDir: resolve(root),
    entryPoints: names.map((name) => ({ in: entries[name], out: `${name}/index` })),
    outdir,
    outExtension: { '.js': '.mjs' },
    external: LAZY,
    alias: INSTEAD,
    metafile: true,
    // 'module' first: tree shaking works on ES modules only (1.15 MB → 0.54 MB).
    mainFields: ['module', 'main'],
    conditions: ['node', 'module'],
    banner: { js: REQUIRE },
    define: { SWITCHBOARD_ROLES: JSON.stringify(z.encode(RoleAdditions, roles)) },
    sourcemap: 'linked',
    sourcesContent: false,
  });
  for (const file of outputFiles) {
    const path = join(directory, relative(outdir, file.path));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, file.contents);
  }
  for (const lazy of LAZY) {
    const users = names.filter((name) => imports(metafile, name, lazy));
    addPackage(
      users.map((name) => join(directory, name)),
      lazy,
    );
  }
  const modelled = join(resolve(root), BESIDE.folder);
  for (const name of names)
    if (readFileSync(join(directory, name, 'index.mjs')).includes(BESIDE.read))
      cpSync(modelled, join(directory, name, BESIDE.name), {
        recursive: true,
        filter: (path) => !BESIDE.without.includes(relative(modelled, path)),
      });
  return Object.fromEntries(names.map((name) => [name, join(directory, name)])) as Record<Name, string>;
};
