/** `other` is anything that is not told apart: masked like C, read by no declaration reader. */
export type Language =
  | 'typescript'
  | 'javascript'
  | 'python'
  | 'java'
  | 'go'
  | 'csharp'
  | 'ruby'
  | 'rust'
  | 'php'
  | 'kotlin'
  | 'sql'
  | 'shell'
  | 'yaml'
  | 'other';

/** Names of fences and file extensions. */
const NAMES: ReadonlyMap<string, Language> = new Map(
  Object.entries({
    typescript: 'ts tsx mts cts typescript',
    javascript: 'js jsx mjs cjs javascript node',
    python: 'py pyi python python3',
    java: 'java',
    go: 'go golang',
    csharp: 'cs csharp c#',
    ruby: 'rb ruby',
    rust: 'rs rust',
    php: 'php',
    kotlin: 'kt kts kotlin',
    sql: 'sql',
    shell: 'sh bash zsh shell',
    yaml: 'yaml yml toml',
    other: 'c h cpp cc hpp c++ swift scala dart lua perl html css scss vue svelte hcl tf dockerfile graphql proto',
  } satisfies Record<Language, string>).flatMap(([language, names]) =>
    names.split(' ').map((name) => [name, language as Language] as const),
  ),
);

/** The language that a fence's info string or a file extension names. */
export const languageNamed = (name: string): Language | undefined => NAMES.get(name.toLowerCase());

/** Of a path; undefined without a known extension. */
export const languageOfFile = (path: string): Language | undefined =>
  languageNamed(/\.([A-Za-z+]{1,10})$/.exec(path)?.[1] ?? '');

/**
 * Lines that only one language writes. A line counts once, for the first entry it matches, so the order matters:
 * TypeScript's own forms before what it shares with JavaScript.
 */
const SIGNS: readonly (readonly [Language, RegExp])[] = [
  [
    'go',
    /^(?:package \w+\s*$|func (?:\([^)]{0,80}\) ?)?\w+(?:\[[^\]]{0,80}\])?\(|import \($|\s*\w+(?:, \w+)* := |type \w+ (?:struct|interface) ?\{)/,
  ],
  [
    'python',
    /^\s*(?:(?:async )?def \w+(?:\[[^\]]{0,80}\])?\s*\(|class \w+(?:\([^)]{0,80}\))?:\s*$|from [\w.]+ import [\w*(]|import [\w.]+(?: as \w+)?(?:, [\w.]+(?: as \w+)?){0,20}\s*$)/,
  ],
  ['csharp', /^\s*(?:using (?:static )?[A-Z][\w.]*;|namespace [\w.]+[;{]?\s*$)/],
  [
    'java',
    /^\s*(?:package [a-z][\w.]*;|import (?:static )?[a-z][\w.]*(?:\.\*)?;|(?:public|protected|private) (?:static |final |abstract |synchronized ){0,4}(?:class|interface|enum|record|void|[A-Z]\w*(?:<[^>]{0,80}>)?(?:\[\])?|int|long|boolean|double|float|char|byte|short)(?:\[\])? \w+ ?[({<=;]|(?:public |final |abstract ){1,3}(?:class|interface|enum|record) \w+)/,
  ],
  ['rust', /^\s*(?:pub(?:\(\w+\))? )?(?:fn \w+|impl\b|mod \w+|use [\w:]+::)/],
  [
    'ruby',
    /^\s*(?:require ['"]|def [\w.]+[?!]?(?:\s*\(.{0,120}\))?\s*$|module [A-Z]\w*\s*$|class [A-Z]\w*(?: < [A-Z][\w:]*)?\s*$)/,
  ],
  ['php', /^\s*<\?php/],
  [
    'typescript',
    /^\s*(?:(?:export )?(?:declare )?(?:interface \w+|type \w+(?:<[^>]{0,80}>)? =|enum \w+|abstract class \w+|namespace \w+)|import type |(?:private|public|protected|readonly) (?:readonly )?\w+[?!]?(?:: [^;]{1,100};|\()|(?:export )?(?:async )?function\*? ?\w*(?:<[^>]{0,80}>)?\([^)]{0,200}\w\??: |(?:export )?(?:const|let) \w+(?:: | = (?:async )?\([^)]{0,200}\w\??: )|.{0,200}\): [\w<>[\]|. ]{1,80} (?:=> )?\{\s*$)/,
  ],
  [
    'javascript',
    /^\s*(?:import .{0,200}from ['"]|import ['"]|export (?:default|const|function|class|async|\{)|(?:const|let|var) (?:\w+|[{[][^=]{0,200}) ?(?::[^=]{1,100})?=|(?:async )?function\*? ?\w*\(|class \w+(?: extends [\w.]+)? \{|module\.exports|exports\.\w+ =|.{0,200}=> ?[{(]?\s*$)/,
  ],
  [
    'sql',
    /^\s*(?:SELECT .{1,200} FROM |SELECT\s*$|INSERT INTO \w|UPDATE \w+ SET|CREATE TABLE|ALTER TABLE|DELETE FROM)/,
  ],
  ['shell', /^#!\/.{0,40}sh\b/],
];

/** Whether a line is code of some language beyond doubt; prose is not. */
export const signOf = (line: string): Language | undefined => SIGNS.find(([, sign]) => sign.test(line))?.[0];

const SAMPLE_LINES = 400;

/** The language of a piece of code by its lines. JavaScript with one line of TypeScript is TypeScript. */
export const languageOf = (text: string): Language => {
  const votes = new Map<Language, number>();
  for (const line of text.split('\n', SAMPLE_LINES)) {
    const language = signOf(line.slice(0, 500));
    if (language !== undefined) votes.set(language, (votes.get(language) ?? 0) + 1);
  }
  const script = votes.get('javascript');
  const typed = votes.get('typescript');
  if (script !== undefined && typed !== undefined) votes.set('typescript', script + typed);
  // C# and Java declare alike; a `using` or `namespace` decides.
  const csharp = votes.get('csharp');
  if (csharp !== undefined) votes.set('csharp', csharp + (votes.get('java') ?? 0));
  const [best] = [...votes].sort((a, b) => b[1] - a[1]);
  return best?.[0] ?? 'other';
};
