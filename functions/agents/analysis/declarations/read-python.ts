import { type CodeMap, insideOf, type Span, sourceOf, splitAt } from './code-map.ts';
import type { Declaration, Import, Outline, Parameter } from './declaration.ts';

const HEADER = /^([ \t]*)(async[ \t]+)?(def|class)[ \t]+(\w+)[ \t]*(?:\[[^\]\n]{0,200}\])?[ \t]*(\()?/;

const readParameter = (map: CodeMap, span: Span): Parameter | undefined => {
  const [left = span] = splitAt(map, span, '=');
  const fallback = left.to < span.to ? sourceOf(map, { from: left.to + 1, to: span.to }) : undefined;
  const [pattern = left] = splitAt(map, left, ':');
  const type = pattern.to < left.to ? sourceOf(map, { from: pattern.to + 1, to: left.to }) : undefined;
  const [, stars = '', name] = /^(\*{0,2})\s*(\w+)$/.exec(sourceOf(map, pattern)) ?? [];
  if (name === undefined) return undefined;
  return {
    name,
    ...(type === undefined ? {} : { type }),
    ...(fallback === undefined ? {} : { default: fallback }),
    optional: fallback !== undefined || stars !== '',
    rest: stars === '**' ? '**' : stars === '*' ? '*' : '',
  };
};

interface Block {
  readonly declaration: Omit<Declaration, 'end'>;
  readonly indent: number;
}

const indentOf = (line: string): number => /^[ \t]*/.exec(line)?.[0].replaceAll('\t', '        ').length ?? 0;

const readHeader = (map: CodeMap, at: number, header: RegExpExecArray, enclosing: Block | undefined) => {
  const [whole, indent = '', asynchronous, keyword, name = '', bracket] = header;
  const open = bracket === undefined ? -1 : at + whole.length - 1;
  const inside = open < 0 ? undefined : insideOf(map, open);
  if (keyword === 'def' && inside === undefined) return undefined;
  const method = keyword === 'def' && enclosing?.declaration.kind === 'class';
  const all =
    keyword === 'class' || inside === undefined
      ? []
      : splitAt(map, inside, ',').map((part) => readParameter(map, part));
  const parameters = all.filter((parameter) => parameter !== undefined);
  const bound = method && (parameters[0]?.name === 'self' || parameters[0]?.name === 'cls');
  const behind = inside === undefined ? at + whole.length : inside.to + 1;
  const [result = '', returns] = /^\s*->\s*([^:\n]{1,300})(?=:|\n|$)/.exec(map.text.slice(behind, behind + 320)) ?? [];
  const start = at + indent.length;
  const declaration: Omit<Declaration, 'end'> = {
    kind: keyword === 'class' ? 'class' : method ? 'method' : 'function',
    name,
    ...(method ? { owner: enclosing.declaration.name } : {}),
    line: map.lineAt(start),
    start,
    nameEnd: open < 0 ? at + whole.length : open,
    signatureEnd: behind + result.length,
    parameters: bound ? parameters.slice(1) : parameters,
    ...(returns === undefined ? {} : { returns: returns.trim() }),
    exported: !name.startsWith('_') && (enclosing === undefined || method),
    async: asynchronous !== undefined,
  };
  return { declaration, behind };
};

const declarationsOf = (map: CodeMap): Declaration[] => {
  const declarations: Declaration[] = [];
  const open: Block[] = [];
  let at = 0;
  /** End of the last header: lines before it belong to its brackets. */
  let headerEnd = 0;
  let bodyEnd = 0;
  const closeFrom = (indent: number) => {
    for (let block = open.at(-1); block !== undefined && block.indent >= indent; block = open.at(-1)) {
      declarations.push({ ...block.declaration, end: Math.max(bodyEnd, block.declaration.nameEnd) });
      open.pop();
    }
  };
  for (const line of map.code.split('\n')) {
    const lineAt = at;
    at += line.length + 1;
    if (lineAt < headerEnd || line.trim() === '') continue;
    closeFrom(indentOf(line));
    bodyEnd = at - 1;
    const header = HEADER.exec(line);
    const read = header === null ? undefined : readHeader(map, lineAt, header, open.at(-1));
    if (read === undefined) continue;
    headerEnd = read.behind;
    bodyEnd = Math.max(bodyEnd, read.behind);
    open.push({ declaration: read.declaration, indent: indentOf(line) });
  }
  closeFrom(0);
  return declarations.sort((a, b) => a.start - b.start);
};

const importsOf = (map: CodeMap): Import[] => {
  const imports: Import[] = [];
  for (const match of map.code.matchAll(/^[ \t]*(?:import[ \t]+([\w., \t]+)|from[ \t]+([\w.]+)[ \t]+import\b)/gm)) {
    const line = map.lineAt(match.index);
    const modules = match[2] === undefined ? (match[1] ?? '').split(',') : [match[2]];
    for (const module of modules) imports.push({ module: module.trim().split(/\s/)[0] ?? '', line });
  }
  return imports.filter(({ module }) => module !== '');
};

/** Reads Python. */
export const readPython = (map: CodeMap): Outline => ({ imports: importsOf(map), declarations: declarationsOf(map) });
