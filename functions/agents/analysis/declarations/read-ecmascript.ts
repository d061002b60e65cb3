import { bracketsIn, type CodeMap, insideOf, type Span, skipBlank, sourceOf, splitAt } from './code-map.ts';
import type { Declaration, Import, Outline, Parameter } from './declaration.ts';

const readParameter = (map: CodeMap, span: Span): Parameter => {
  const [left = span] = splitAt(map, span, '=');
  const fallback = left.to < span.to ? sourceOf(map, { from: left.to + 1, to: span.to }) : undefined;
  const code = map.code.slice(left.from, left.to);
  const from =
    left.from +
    (/^\s*(?:@[\w.]+(?:\(\))?\s+)?(?:(?:public|private|protected|readonly|override)\s+){0,3}/.exec(code)?.[0].length ??
      0);
  const rest = map.code.startsWith('...', from);
  const [pattern = left] = splitAt(map, { from: rest ? from + 3 : from, to: left.to }, ':');
  const type = pattern.to < left.to ? sourceOf(map, { from: pattern.to + 1, to: left.to }) : undefined;
  const written = sourceOf(map, pattern);
  const opening = skipBlank(map, pattern.from);
  const inside = written.startsWith('{') ? insideOf(map, opening) : undefined;
  const fields = inside && splitAt(map, inside, ',').map((part) => /^\.*([\w$]*)/.exec(sourceOf(map, part))?.[1] ?? '');
  return {
    name: /^[\w$]+/.exec(written)?.[0] ?? (written.startsWith('[') ? 'items' : 'options'),
    ...(type === undefined ? {} : { type }),
    ...(fallback === undefined ? {} : { default: fallback }),
    optional: written.endsWith('?') || fallback !== undefined,
    rest: rest ? '...' : '',
    ...(fields === undefined ? {} : { fields: fields.filter((field) => field !== '') }),
  };
};

const readParameters = (map: CodeMap, open: number): Parameter[] | undefined => {
  const inside = insideOf(map, open);
  return inside && splitAt(map, inside, ',').map((part) => readParameter(map, part));
};

/** Reads `: type` behind a parameter list, up to the body's brace, `=>` or the end of the declaration. */
const readReturns = (map: CodeMap, from: number): { returns?: string; at: number } => {
  const start = skipBlank(map, from);
  if (map.code[start] !== ':') return { at: start };
  const limit = Math.min(map.code.length, start + 500);
  let before = ':';
  for (let at = start + 1; at < limit; at += 1) {
    const character = map.code[at] ?? '';
    const isType = /[:|&<,(]$/.test(before);
    const stops = character === ';' || (character === '{' && !isType) || (character === '=' && before !== ')');
    if (stops) return { returns: sourceOf(map, { from: start + 1, to: at }), at };
    const close = '({['.includes(character) ? map.closeOf(at) : -1;
    if (close > 0) at = close;
    if (/\S/.test(character)) before = map.code[at] ?? '';
  }
  return { at: start };
};

/** Position behind the expression at `from`: a `;` or a line that starts at the margin ends it. */
const endOfExpression = (map: CodeMap, from: number): number => {
  for (let at = from; at < map.code.length; at += 1) {
    const character = map.code[at] ?? '';
    if (character === ';' || (character === '\n' && /[^\s)\]}]/.test(map.code[at + 1] ?? ''))) return at;
    const close = '({['.includes(character) ? map.closeOf(at) : -1;
    if (close > 0) at = close;
  }
  return map.code.length;
};

const endOfBody = (map: CodeMap, at: number): number => {
  const start = map.code.startsWith('=>', at) ? skipBlank(map, at + 2) : at;
  const close = map.code[start] === '{' ? map.closeOf(start) : -1;
  if (close > 0) return close + 1;
  return start === at ? at : endOfExpression(map, start);
};

/** Position of the parameter list's bracket behind a name and its type parameters; -1 if there is none. */
const listBehind = (map: CodeMap, from: number): number => {
  const generics = /\s*(?:<[^(){}]{0,200}>)?\s*/y;
  generics.lastIndex = from;
  const at = from + (generics.exec(map.code)?.[0].length ?? 0);
  return map.code[at] === '(' ? at : -1;
};

type Named = Pick<Declaration, 'kind' | 'name' | 'start' | 'nameEnd' | 'exported' | 'async'> & { owner?: string };

const finish = (map: CodeMap, named: Named, open: number): Declaration | undefined => {
  const parameters = readParameters(map, open);
  if (parameters === undefined) return undefined;
  const { returns, at } = readReturns(map, map.closeOf(open) + 1);
  return {
    ...named,
    line: map.lineAt(named.start),
    signatureEnd: at,
    end: endOfBody(map, at),
    parameters,
    ...(returns === undefined ? {} : { returns }),
  };
};

const FUNCTION =
  /^([ \t]*)(export[ \t]+)?(?:default[ \t]+)?(?:declare[ \t]+)?(async[ \t]+)?function\b[ \t]*\*?[ \t]*([\w$]*)/gm;
const BINDING =
  /^([ \t]*)(export[ \t]+)?(?:const|let|var)[ \t]+([\w$]+)[^=\n;]{0,300}=\s{0,50}(async\b[ \t]*)?(?:function\b[ \t]*\*?[ \t]*[\w$]*)?/gm;
const TYPE =
  /^([ \t]*)(export[ \t]+)?(?:default[ \t]+)?(?:declare[ \t]+)?(?:abstract[ \t]+|const[ \t]+)?(class|interface|enum|type)[ \t]+([\w$]+)(?=[ \t\r]*(?:[\n{=<]|extends|implements))/gm;

function* functionsOf(map: CodeMap): Generator<Declaration | undefined> {
  for (const match of map.code.matchAll(FUNCTION)) {
    const [whole, indent = '', exported, asynchronous, name = ''] = match;
    const nameEnd = match.index + whole.length;
    const named = { kind: 'function', name: name || 'default', start: match.index + indent.length, nameEnd } as const;
    yield finish(
      map,
      { ...named, exported: exported !== undefined, async: asynchronous !== undefined },
      listBehind(map, nameEnd),
    );
  }
  for (const match of map.code.matchAll(BINDING)) {
    const [whole, indent = '', exported, name = '', asynchronous] = match;
    const behind = match.index + whole.length;
    const start = match.index + indent.length;
    const named = {
      kind: 'function',
      name,
      start,
      nameEnd: behind,
      exported: exported !== undefined,
      async: asynchronous !== undefined,
    } as const;
    const open = listBehind(map, behind);
    const declared = finish(map, named, open);
    const isFunction =
      whole.includes('function') || map.code.startsWith('=>', readReturns(map, map.closeOf(open) + 1).at);
    if (declared !== undefined && isFunction) yield declared;
    const [, single] = /^([\w$]+)[ \t]*=>/.exec(map.code.slice(behind, behind + 100)) ?? [];
    if (open >= 0 || single === undefined) continue;
    const arrow = map.code.indexOf('=>', behind);
    yield {
      ...named,
      line: map.lineAt(start),
      signatureEnd: arrow,
      end: endOfBody(map, arrow),
      parameters: [{ name: single, optional: false, rest: '' }],
    };
  }
}

const MEMBER =
  /^((?:(?:public|private|protected|static|async|readonly|override|abstract|get|set|accessor)\s+){0,6})\*?\s*(#?[\w$]+)\??\s*(?:<[^(){}]{0,200}>\s*)?(=\s*(?:async\s*)?|:[^=]{0,200}=\s*(?:async\s*)?)?$/;
const STATEMENTS = new Set(['if', 'for', 'while', 'switch', 'catch', 'return', 'function', 'with', 'await']);

function* membersOf(map: CodeMap, owner: string, body: Span): Generator<Declaration | undefined> {
  for (const { at, close, header } of bracketsIn(map, body)) {
    if (map.code[at] !== '(') continue;
    const [, modifiers = '', name = '', assigned] = MEMBER.exec(map.code.slice(header.from, header.to)) ?? [];
    if (name === '' || STATEMENTS.has(name)) continue;
    const behind = readReturns(map, close + 1).at;
    const isMethod =
      assigned === undefined
        ? map.code[behind] === '{' || modifiers.includes('abstract')
        : map.code.startsWith('=>', behind);
    const hidden = name.startsWith('#') || modifiers.includes('private');
    const named = { kind: 'method', name, owner, start: header.from, nameEnd: header.to, exported: !hidden } as const;
    if (isMethod) yield finish(map, { ...named, async: /async/.test(`${modifiers}${assigned ?? ''}`) }, at);
  }
}

function* typesOf(map: CodeMap): Generator<Declaration | undefined> {
  for (const match of map.code.matchAll(TYPE)) {
    const [whole, indent = '', exported, kind, name = ''] = match;
    const start = match.index + indent.length;
    const nameEnd = match.index + whole.length;
    const open = map.code.slice(nameEnd, nameEnd + 500).indexOf('{');
    const close = open < 0 ? -1 : map.closeOf(nameEnd + open);
    const end = kind === 'type' ? endOfExpression(map, nameEnd) : close < 0 ? nameEnd : close + 1;
    const declared = {
      kind: kind as 'class' | 'interface' | 'enum' | 'type',
      name,
      line: map.lineAt(start),
      start,
      nameEnd,
      signatureEnd: nameEnd,
      end,
    };
    yield { ...declared, parameters: [], exported: exported !== undefined, async: false };
    if (kind === 'class' && close > 0) yield* membersOf(map, name, { from: nameEnd + open + 1, to: close });
  }
}

const IMPORTS = [
  /^[ \t]*import[ \t]*(['"])/gm,
  /^[ \t]*(?:import|export)\b[^;'"()=]{1,1000}?\bfrom[ \t]*(['"])/gm,
  /\b(?:require|import)[ \t]*\([ \t]*(['"])/g,
];

const importsOf = (map: CodeMap): Import[] =>
  IMPORTS.flatMap((pattern) =>
    [...map.code.matchAll(pattern)].map((match) => {
      const from = match.index + match[0].length;
      const module = map.text.slice(from, map.code.indexOf(match[1] ?? '', from));
      return { module, line: map.lineAt(match.index) };
    }),
  ).sort((a, b) => a.line - b.line);

/** Reads TypeScript and JavaScript. */
export const readEcmascript = (map: CodeMap): Outline => ({
  imports: importsOf(map),
  declarations: [...functionsOf(map), ...typesOf(map)].filter((declaration) => declaration !== undefined),
});
