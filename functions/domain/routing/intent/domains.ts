import { termOf, termsIn } from '../words.ts';
import domainNames from './domain-names.json' with { type: 'json' };
import type { Subject } from './intent-reading.ts';

/** Domains that a message can have at most. */
export const MOST_DOMAINS = 16;

/** Characters that are read from the start of a text and from its end. */
const HEAD_CHARACTERS = 3000;
const TAIL_CHARACTERS = 1000;
const MOST_FILES = 16;

/**
 * The domains of a message (languages, frameworks and tools, fields of work), each with the other names that texts use
 * for it, as `termOf` writes them. What is an everyday word too ("go", "salt") counts only with a word beside it.
 */
const DOMAIN_NAMES: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  Object.entries(domainNames).map(([domain, names]) => [domain, names === '' ? [] : names.split(', ')]),
);

const DOMAIN_OF: ReadonlyMap<string, readonly string[]> = (() => {
  const domains = new Map<string, string[]>();
  for (const [domain, names] of Object.entries(DOMAIN_NAMES))
    for (const name of new Set([domain, domain.replaceAll('_', ' '), ...names].map(termOf)))
      domains.set(name, [...(domains.get(name) ?? []), domain]);
  for (const everyday of ['c', 'r', 'go', 'ada', 'salt', 'spring', 'express', 'crystal', 'spark', 'node'])
    domains.delete(everyday);
  return domains;
})();

/** File extensions, and the names of fences, that are not themselves a domain or another name of one. */
const EXTENSIONS: Readonly<Record<string, string>> = {
  adb: 'ada',
  bib: 'latex',
  bat: 'windows',
  c: 'c',
  cc: 'cpp',
  clj: 'clojure',
  cljs: 'clojure',
  cjs: 'javascript',
  cls: 'vba',
  console: 'bash',
  cob: 'cobol',
  cpp: 'cpp',
  cs: 'csharp',
  csproj: 'dotnet',
  csv: 'spreadsheets',
  dart: 'dart',
  ex: 'elixir',
  exs: 'elixir',
  erl: 'erlang',
  f90: 'fortran',
  feature: 'testing',
  fs: 'fsharp',
  gd: 'godot',
  go: 'go',
  gql: 'graphql',
  h: 'c',
  hcl: 'terraform',
  hpp: 'cpp',
  hs: 'haskell',
  htm: 'html',
  ino: 'embedded',
  java: 'java',
  jl: 'julia',
  jsx: 'react',
  kt: 'kotlin',
  kts: 'kotlin',
  less: 'css',
  liquid: 'liquid',
  lua: 'lua',
  m: 'matlab',
  mjs: 'javascript',
  ml: 'ocaml',
  mli: 'ocaml',
  mts: 'typescript',
  pas: 'delphi',
  patch: 'git',
  diff: 'git',
  php: 'php',
  pl: 'perl',
  pm: 'perl',
  proto: 'protobuf',
  ps1: 'powershell',
  py: 'python',
  r: 'r',
  rb: 'ruby',
  rego: 'rego',
  rs: 'rust',
  sc: 'scala',
  scad: 'openscad',
  scala: 'scala',
  sh: 'bash',
  sls: 'salt',
  sol: 'solidity',
  sql: 'sql',
  sv: 'verilog',
  swift: 'swift',
  tex: 'latex',
  tf: 'terraform',
  toml: 'toml',
  ts: 'typescript',
  tsx: 'typescript',
  v: 'verilog',
  vb: 'vba',
  bas: 'vba',
  vhd: 'verilog',
  vue: 'vue',
  xlsx: 'spreadsheets',
  xlsm: 'spreadsheets',
  xls: 'spreadsheets',
  yml: 'yaml',
  zig: 'zig',
  kicad: 'embedded',
  mod: 'go',
};

/** What code of a language shows, wherever it stands. Every pattern takes linear time. */
const CODE_SIGNS: readonly (readonly [sign: RegExp, ...domains: string[]])[] = [
  [
    /^\s{0,12}(def \w+\([^)\n]{0,200}\)|from [\w.]+ import |import \w+ as \w+|elif |async def )|Traceback \(most recent call last\)|\.py", line \d|\bself\.\w|__init__/m,
    'python',
  ],
  [
    /\b(public|private|protected) (static |final |abstract )*(class|interface|void|int|String|record) [A-Za-z]\w*( extends| implements)? ?[\w, ]*[({=;]|System\.out\.|\.java:\d|import java[x.]|Exception in thread|NullPointerException|@Override/,
    'java',
  ],
  [/\busing System|Console\.Write|IReadOnlyList|async Task\b|\bvar \w+ = new \w|\.cs:line/, 'csharp'],
  [/\bfn \w+(<[^>\n]{0,40}>)?\(|\blet mut \b|\bimpl \w+ for\b|println!|\.unwrap\(\)|&str\b|Vec<|panicked at/, 'rust'],
  [/^func (\(\w+ \*?\w+\) )?\w+\(|\b\w{1,60}, err :=|^package \w+$|\bgoroutine \d|fmt\.Print|if err != nil/m, 'go'],
  [/#include <\w+\.h>|\bmalloc\(|\bprintf\(|\bsizeof\(/, 'c'],
  [/\bstd::\w|#include <\w+>|template ?<|\bcout <</, 'cpp'],
  [/<\?php|\$\w+->\w|PHP (Fatal|Warning|Notice)|\bfunction\(\$\w/, 'php'],
  [
    /\bconsole\.(log|error)|\b(const|let) \w+ = |=> [{(]|\bfunction \w*\([\w, ]*\) ?\{|\.js:\d|Cannot read propert|\brequire\('/,
    'javascript',
  ],
  [
    /\binterface \w+ \{|: (string|number|boolean)[;,)\]]|\.tsx?[:(]\d|error TS\d|\btype \w+ = |as const\b/,
    'typescript',
  ],
  [
    /\bselect\b[^;]{1,300}\bfrom\s+[\w".]+|\b(insert into|create table|alter table|delete from|left join|order by|group by)\b|\bupdate \w+ set\b/i,
    'sql',
    'database',
  ],
  [/^(FROM \S+(:\S+| AS )|RUN (apt|npm|pip|apk|yarn)|ENTRYPOINT |COPY \S+ \S)/m, 'docker'],
  [/^(resource|provider|variable|module|data) "\w+"/m, 'terraform'],
  [/"aws_\w+"|arn:aws|\baws_\w+\b/, 'aws'],
  [/^apiVersion: |^kind: (Deployment|Pod|Service|Ingress|Job|CronJob)/m, 'kubernetes'],
  [/CrashLoopBackOff|OOMKilled|ImagePullBackOff/, 'kubernetes'],
  [/\blibrary\(\w+\)|\b\w{1,60} <- (function|c\(|read|data)|%>%|\bna\.rm\b|is\.na\(/, 'r'],
  [/\bdefmodule \w|\|> \w+\.|GenServer|\bdef \w+.{0,60} do$/m, 'elixir'],
  [/\bdef \w+[^:\n]{0,60}\n[^:]{0,200}\bend\b|\.rb:\d|\bhas_many\b|\.each do \|/, 'ruby'],
  [/\bfun \w+\(.{0,80}\)(: \w+)? ?[{=]|\bval \w+ = |\.kt:\d|sealed interface/, 'kotlin'],
  [/@(State|Published|MainActor)\b|\bguard let\b|\bfunc \w+\(.{0,80}\) -> \w+ \{/, 'swift'],
  [/\buse(State|Effect|Memo|Ref|Callback)\b|className=/, 'react'],
  [/\bon:click|\$:\s|<svelte:/, 'svelte'],
  [/\bv-(if|for|model)\b|defineComponent|<script setup/, 'vue'],
  [/<(div|span|button|input|html|img|form)\b/, 'html'],
  [
    /(?<![\w.#-])[\w.#-]{1,60} ?\{ ?(margin|display|color|padding|position|width|font)[\w-]*:|!important|z-index:/,
    'css',
  ],
  [/\bimport pandas|\bpd\.(read|DataFrame)|\.groupby\(|df\[/, 'pandas'],
  [/\bfrom sklearn|\bmodel\.fit\(|train_test_split/, 'machine_learning'],
  [/\bxr\.(where|open|Dataset)/, 'xarray'],
  [/\bpsycopg|ERROR: {1,2}relation|\bpg_\w+/, 'postgresql'],
  [
    /^diff --git |\/(pull|merge_requests)\/\d|^@@ -\d|\bgit (log|push|pull|rebase|merge|bisect|commit|checkout|stash|status)\b/m,
    'git',
  ],
  [/^#!\/bin\/(ba)?sh|^\$ \w|\bset -euo?\b|\bgrep -|\| ?(awk|jq|sed|xargs)\b|\bchmod \b/m, 'bash'],
  [/\^\(?[?[\\\w:]{0,20}[^\s]{4,200}[\\)\]}]\$(\s|$)|\/\^[^\n/]{1,80}\$\/|\(\?[:=!<]/, 'regex'],
  [/^syntax = "proto|^message \w+ \{|\b\w{1,60} \w{1,60} = \d+;/m, 'protobuf'],
  [/\bpragma solidity|\bmsg\.sender|^contract \w+ \{|\buint256\b/m, 'solidity'],
  [/\bmy [%$@]\w|=~ [ms]?\//, 'perl'],
  [/^\s{0,3}\{\s*"\w+": ?["{[\d]/m, 'json'],
  [/\bIDENTIFICATION DIVISION|\bPIC [9X]\(|System Completion Code/i, 'cobol'],
  [/\badd_(filter|action)\(|\bwp_\w+\(/, 'wordpress', 'php'],
  [/\bORA-\d{5}/, 'oracle'],
  [/^\s{0,8}(location [^\n{]{1,80}\{|proxy_pass )/m, 'nginx'],
  [/\bnpm (ERR|install|ci|run|start)|package-lock/, 'npm'],
];

const knownDomains = new Set([...Object.keys(DOMAIN_NAMES), ...Object.values(EXTENSIONS)]);

/** All domains that `domainsOf` can name. */
export const DOMAINS: ReadonlySet<string> = knownDomains;

const ends = (text: string): string =>
  text.length <= HEAD_CHARACTERS + TAIL_CHARACTERS
    ? text
    : `${text.slice(0, HEAD_CHARACTERS)}\n${text.slice(-TAIL_CHARACTERS)}`;

/** File types and fences by their short name; without one that is known, none. */
const domainsOfType = (type: string): readonly string[] => {
  const own = EXTENSIONS[type];
  return own === undefined ? (DOMAIN_OF.get(type) ?? []) : [own];
};

const FENCE = /^ {0,3}```([A-Za-z0-9+#-]{1,20})/gm;
const FILE_NAME = /[\w/-]{2,80}\.([A-Za-z][A-Za-z0-9]{0,6})(?![\w(])/g;
/** What looks like a file and is the name of a tool. */
const NAMED_JS = /(^|\W)(node|next|vue|nuxt|three|d3|express|ember|chart|backbone|alpine|discord|moment|p5)$/i;

const typesIn = (text: string): readonly string[] => {
  const fences = [...text.matchAll(FENCE)].map(([, language]) => language);
  const files = [...text.matchAll(FILE_NAME)].map(([name, extension]) =>
    NAMED_JS.test(name.slice(0, name.lastIndexOf('.'))) ? undefined : extension,
  );
  return [...fences, ...files].flatMap((type) => type?.toLowerCase() ?? []);
};

/** The type of a file is no word: `lexer.ml` says nothing about machine learning. */
const withoutType = (name: string, extension: string): string =>
  EXTENSIONS[extension.toLowerCase()] === undefined ? name : name.slice(0, -extension.length);

const typeOfFile = (name: string): string => {
  const base = name.slice(name.lastIndexOf('/') + 1).slice(-100);
  return (/^dockerfile/i.test(base) ? 'docker' : base.slice(base.lastIndexOf('.') + 1)).toLowerCase();
};

const addDomains = (found: Set<string>, text: string): void => {
  for (const domain of typesIn(text).flatMap(domainsOfType)) found.add(domain);
  for (const [sign, ...domains] of CODE_SIGNS) if (sign.test(text)) for (const domain of domains) found.add(domain);
  for (const term of termsIn(text.replace(FILE_NAME, withoutType)))
    for (const domain of DOMAIN_OF.get(term) ?? []) found.add(domain);
};

/**
 * Languages, frameworks and fields that a message is about: by its files' types, its fences, the code in it and what it
 * names; at most 16, each in `DOMAINS`. Linear in at most 4,000 characters.
 */
export const domainsOf = ({ message, attachments }: Pick<Subject, 'message' | 'attachments'>): readonly string[] => {
  const types = attachments.slice(0, MOST_FILES).map(({ name }) => typeOfFile(name));
  const found = new Set(types.flatMap(domainsOfType));
  addDomains(found, ends(message));
  return [...found].slice(0, MOST_DOMAINS);
};
