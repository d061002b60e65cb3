import { type CodeMap, insideOf, type Span, sourceOf, splitAt } from './code-map.ts';
import type { Declaration, Import, Outline, Parameter } from './declaration.ts';

/** `a, b int, rest ...string`: a name without a type has the type of the next one; types without names have none. */
const readParameters = (map: CodeMap, span: Span): Parameter[] => {
  const parts = splitAt(map, span, ',').map((part) => sourceOf(map, part));
  if (!parts.some((part) => /^\w+ /.test(part))) return [];
  let type = '';
  return parts
    .reverse()
    .map((part): Parameter => {
      const [, name = part, own] = /^(\w+)\s+(.+)$/.exec(part) ?? [];
      type = own ?? type;
      return { name, type, optional: false, rest: type.startsWith('...') ? '...' : '' };
    })
    .reverse();
};

/** Reads the results behind a parameter list, up to the body's brace or the end of the line. */
const readResults = (map: CodeMap, from: number): { returns?: string; at: number } => {
  const limit = Math.min(map.code.length, from + 500);
  for (let at = from; at < limit; at += 1) {
    const character = map.code[at] ?? '';
    const isType = character === '{' && /\b(?:interface|struct)\s?$/.test(map.code.slice(Math.max(from, at - 10), at));
    if (character === '\n' || (character === '{' && !isType)) {
      const returns = sourceOf(map, { from, to: at });
      return returns === '' ? { at } : { returns, at };
    }
    const close = '({['.includes(character) ? map.closeOf(at) : -1;
    if (close > 0) at = close;
  }
  const returns = sourceOf(map, { from, to: limit });
  return returns === '' ? { at: limit } : { returns, at: limit };
};

const FUNCTION = /^func[ \t]*(\([^)\n]{0,200}\))?[ \t]*(\w+)[ \t]*(?:\[[^\n(]{0,200}\])?\(/gm;

function* functionsOf(map: CodeMap): Generator<Declaration> {
  for (const match of map.code.matchAll(FUNCTION)) {
    const [whole, receiver, name = ''] = match;
    const open = match.index + whole.length - 1;
    const inside = insideOf(map, open);
    if (inside === undefined) continue;
    const { returns, at } = readResults(map, inside.to + 1);
    const owner = /(\w+)(?:\[[^\]]*\])?\)$/.exec(receiver ?? '')?.[1];
    yield {
      kind: receiver === undefined ? 'function' : 'method',
      name,
      ...(owner === undefined ? {} : { owner }),
      line: map.lineAt(match.index),
      start: match.index,
      nameEnd: open,
      signatureEnd: at,
      end: map.closeOf(at) + 1 || at,
      parameters: readParameters(map, inside),
      ...(returns === undefined ? {} : { returns }),
      exported: /^[A-Z]/.test(name),
      async: false,
    };
  }
}

function* typesOf(map: CodeMap): Generator<Declaration> {
  for (const match of map.code.matchAll(
    /^type[ \t]+(\w+)(?:\[[^\n{]{0,200}\])?[ \t]+(struct|interface)?[ \t]*(\{)?/gm,
  )) {
    const [whole, name = '', keyword, brace] = match;
    const nameEnd = match.index + whole.length;
    yield {
      kind: keyword === 'struct' ? 'class' : keyword === 'interface' ? 'interface' : 'type',
      name,
      line: map.lineAt(match.index),
      start: match.index,
      nameEnd,
      signatureEnd: nameEnd,
      end: brace === undefined ? nameEnd : map.closeOf(nameEnd - 1) + 1 || nameEnd,
      parameters: [],
      exported: /^[A-Z]/.test(name),
      async: false,
    };
  }
}

const importsOf = (map: CodeMap): Import[] => {
  const imports: Import[] = [];
  const read = (from: number, to: number) => {
    for (let at = map.code.indexOf('"', from); at >= 0 && at < to; ) {
      const close = map.code.indexOf('"', at + 1);
      if (close < 0) return;
      imports.push({ module: map.text.slice(at + 1, close), line: map.lineAt(at) });
      at = map.code.indexOf('"', close + 1);
    }
  };
  for (const match of map.code.matchAll(/^import[ \t]*(\(|(?:[\w.]+[ \t]+)?(?="))/gm)) {
    const behind = match.index + match[0].length;
    if (match[1] === '(') read(behind, map.closeOf(behind - 1));
    else read(behind, behind + 1);
  }
  return imports;
};

/** Reads Go. A struct counts as class. */
export const readGo = (map: CodeMap): Outline => ({
  imports: importsOf(map),
  declarations: [...functionsOf(map), ...typesOf(map)].sort((a, b) => a.start - b.start),
});
