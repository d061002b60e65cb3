import { bracketsIn, type CodeMap, insideOf, type Span, skipBlank, sourceOf, splitAt } from './code-map.ts';
import type { Declaration, Import, Outline, Parameter } from './declaration.ts';

const readParameter = (map: CodeMap, span: Span): Parameter | undefined => {
  const source = sourceOf(map, span).replace(/^(?:(?:final|@[\w.]+(?:\([^)]{0,200}\))?)\s+){1,6}/, '');
  const [, type, name, array = ''] = /^(\S[\s\S]{0,300}?)\s*\b(\w+)\s*((?:\[\])?)$/.exec(source) ?? [];
  if (type === undefined || name === undefined) return undefined;
  return { name, type: `${type}${array}`, optional: false, rest: type.endsWith('...') ? '...' : '' };
};

const readParameters = (map: CodeMap, open: number): Parameter[] | undefined => {
  const inside = insideOf(map, open);
  return (
    inside &&
    splitAt(map, inside, ',')
      .map((part) => readParameter(map, part))
      .filter((each) => each !== undefined)
  );
};

const MODIFIER = 'public|protected|private|static|final|abstract|synchronized|native|default|sealed|strictfp';
const HEADER = new RegExp(
  `^(?:@[\\w.]+\\s+){0,6}((?:(?:${MODIFIER})\\s+){0,6})(?:<[^(){}]{1,200}?>\\s*)?(?:([A-Za-z_][\\w.]*(?:<[^(){};=]{1,200}>)?(?:\\[\\]){0,3})\\s+)?(\\w+)\\s*$`,
);
const STATEMENTS = new Set([
  'record',
  'return',
  'new',
  'throw',
  'else',
  'case',
  'assert',
  'if',
  'while',
  'for',
  'switch',
  'catch',
]);

interface Body extends Span {
  readonly owner?: string;
  readonly isInterface: boolean;
}

function* methodsOf(map: CodeMap, body: Body): Generator<Declaration> {
  for (const { at, close, header } of bracketsIn(map, body)) {
    if (map.code[at] !== '(') continue;
    const [, modifiers = '', type, name = ''] = HEADER.exec(map.code.slice(header.from, header.to)) ?? [];
    const constructs = type === undefined && name === body.owner;
    if ((type === undefined && !constructs) || STATEMENTS.has(type ?? '') || STATEMENTS.has(name)) continue;
    const [clause = ''] = /^\s*(?:throws\s[\w.,\s]{1,300})?/.exec(map.code.slice(close + 1, close + 320)) ?? [];
    const behind = close + 1 + clause.length;
    const bodyless = map.code[behind] === ';' && (body.isInterface || /abstract|native/.test(modifiers));
    const parameters = readParameters(map, at);
    if (parameters === undefined || (map.code[behind] !== '{' && !bodyless)) continue;
    const start = header.from + (/^(?:@[\w.]+\s+){0,6}/.exec(map.code.slice(header.from, header.to))?.[0].length ?? 0);
    yield {
      kind: 'method',
      name,
      ...(body.owner === undefined ? {} : { owner: body.owner }),
      line: map.lineAt(start),
      start,
      nameEnd: header.to,
      signatureEnd: behind,
      end: bodyless ? behind : map.closeOf(behind) + 1 || behind,
      parameters,
      ...(type === undefined ? {} : { returns: type }),
      exported: modifiers.includes('public') || (body.isInterface && !modifiers.includes('private')),
      async: false,
    };
  }
}

const TYPE = new RegExp(
  `^([ \\t]*(?:@[\\w.]+[ \\t]+){0,4})((?:(?:${MODIFIER})[ \\t]+){0,6})(class|interface|enum|record|@interface)[ \\t]+(\\w+)`,
  'gm',
);

function* typesOf(map: CodeMap): Generator<Declaration> {
  for (const match of map.code.matchAll(TYPE)) {
    const [whole, indent = '', modifiers = '', keyword, name = ''] = match;
    const start = match.index + indent.length;
    const nameEnd = match.index + whole.length;
    const list = skipBlank(map, nameEnd);
    const components = keyword === 'record' && map.code[list] === '(' ? list : -1;
    const from = components < 0 ? nameEnd : Math.max(nameEnd, map.closeOf(components));
    const offset = map.code.slice(from, from + 500).indexOf('{');
    const close = offset < 0 ? -1 : map.closeOf(from + offset);
    const isInterface = keyword === 'interface' || keyword === '@interface';
    yield {
      kind: isInterface ? 'interface' : keyword === 'enum' ? 'enum' : 'class',
      name,
      line: map.lineAt(start),
      start,
      nameEnd,
      signatureEnd: components < 0 ? nameEnd : from + 1,
      end: close < 0 ? nameEnd : close + 1,
      parameters: components < 0 ? [] : (readParameters(map, components) ?? []),
      exported: modifiers.includes('public'),
      async: false,
    };
    if (close > 0) yield* methodsOf(map, { from: from + offset + 1, to: close, owner: name, isInterface });
  }
}

const importsOf = (map: CodeMap): Import[] =>
  [...map.code.matchAll(/^[ \t]*import[ \t]+(?:static[ \t]+)?(\w[\w.]*(?:\*)?)[ \t]*;/gm)].map((match) => ({
    module: match[1] ?? '',
    line: map.lineAt(match.index),
  }));

/** Reads Java, methods without their class included. */
export const readJava = (map: CodeMap): Outline => {
  const loose = methodsOf(map, { from: 0, to: map.code.length, isInterface: false });
  return { imports: importsOf(map), declarations: [...typesOf(map), ...loose].sort((a, b) => a.start - b.start) };
};
