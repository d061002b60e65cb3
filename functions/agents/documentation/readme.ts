import { parseJson } from '../analysis/find-json.ts';
import type { Piece } from '../analysis/find-material.ts';
import { bullets, code, fence } from '../analysis/markdown.ts';
import { readOutline } from '../analysis/read-outline.ts';

interface Manifest {
  readonly name?: string;
  readonly description?: string;
  readonly license?: string;
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: readonly string[];
}

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() !== '' ? value : undefined;

const entriesOf = (value: unknown): [string, unknown][] =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];

/** What a package.json says; undefined for other JSON. */
const readManifest = (piece: Piece): Manifest | undefined => {
  const fields = new Map(entriesOf(parseJson(piece.text)?.value));
  if (!fields.has('name') && !fields.has('scripts')) return undefined;
  const [name, description, license] = ['name', 'description', 'license'].map((field) => textOf(fields.get(field)));
  return {
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
    ...(license === undefined ? {} : { license }),
    scripts: Object.fromEntries(
      entriesOf(fields.get('scripts')).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
    ),
    dependencies: entriesOf(fields.get('dependencies')).map(([each]) => each),
  };
};

/** A project's name that the request gives in quotes or backticks, or as a word of its own after "for". */
const nameIn = (prose: string): string | undefined =>
  /[`"“]([\w@/.-]{2,80})[`"”]/.exec(prose)?.[1] ??
  /\bfor (?:(?:the|my|our|a) )?(?:(?:project|package|library|tool|app|service|module|repo|repository)(?: called| named)? )?([a-z][\w]*[-_][\w-]*)\b/.exec(
    prose,
  )?.[1];

const section = (title: string, body: string | undefined): string[] =>
  body === undefined || body === '' ? [] : [`## ${title}`, body];

const apiOf = (pieces: readonly Piece[]): { exported: string[]; modules: string[] } => {
  const read = pieces.flatMap((piece) => readOutline(piece.text, piece.language) ?? []);
  const exported = read
    .flatMap(({ declarations }) => declarations)
    .filter((each) => each.exported && each.owner === undefined)
    .map(
      ({ name, kind, parameters }) =>
        `${code(kind === 'function' || parameters.length > 0 ? `${name}(${parameters.map((each) => each.rest + each.name).join(', ')})` : name)}: describe this ${kind}.`,
    );
  const modules = new Set(
    read
      .flatMap(({ imports }) => imports.map(({ module }) => module))
      .filter((module) => module !== '' && !module.startsWith('.')),
  );
  return { exported, modules: [...modules] };
};

/** A README skeleton from what the pieces and the request show; what they do not show is left to be described. */
export const readme = (pieces: readonly Piece[], prose: string): string => {
  const manifests = pieces.filter(({ kind }) => kind === 'json').flatMap((piece) => readManifest(piece) ?? []);
  const [manifest] = manifests;
  const { exported, modules } = apiOf(pieces.filter(({ kind }) => kind === 'code'));
  const scripts = Object.entries(manifest?.scripts ?? {}).map(
    ([name, command]) => `${code(`npm run ${name}`)}: runs ${code(command)}.`,
  );
  const uses = [...new Set([...(manifest?.dependencies ?? []), ...modules])].map((each) => code(each));
  return [
    `# ${(manifest?.name ?? nameIn(prose) ?? 'Project name').slice(0, 200).replace(/\s+/g, ' ')}`,
    manifest?.description?.slice(0, 1_000).replace(/\s+/g, ' ') ??
      'Describe in one sentence what it does and for whom.',
    ...section('Install', manifest === undefined ? 'Describe how to install it.' : fence('sh', 'npm install')),
    ...section(
      'Usage',
      exported.length === 0
        ? 'Show the shortest example that works.'
        : `Show the shortest example that works. It exports:\n\n${bullets(exported)}`,
    ),
    ...section('Scripts', bullets(scripts)),
    ...section('Built with', bullets(uses)),
    ...section('License', manifest?.license === undefined ? 'Name the license.' : code(manifest.license)),
  ].join('\n\n');
};
