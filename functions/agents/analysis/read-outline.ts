import { type CodeMap, mapCode } from './declarations/code-map.ts';
import type { Outline } from './declarations/declaration.ts';
import { readEcmascript } from './declarations/read-ecmascript.ts';
import { readGo } from './declarations/read-go.ts';
import { readJava } from './declarations/read-java.ts';
import { readPython } from './declarations/read-python.ts';
import type { Language } from './language-of.ts';
import { maskCode } from './mask-code.ts';

const READERS: Partial<Record<Language, (map: CodeMap) => Outline>> = {
  typescript: readEcmascript,
  javascript: readEcmascript,
  python: readPython,
  java: readJava,
  go: readGo,
};

export interface ReadCode extends Outline {
  readonly language: Language;
  readonly map: CodeMap;
}

/** Imports and declarations of a piece of code in source order; undefined for a language that has no reader. */
export const readOutline = (text: string, language: Language): ReadCode | undefined => {
  const read = READERS[language];
  if (read === undefined) return undefined;
  const map = mapCode(maskCode(text, language));
  const { imports, declarations } = read(map);
  return { language, map, imports, declarations: declarations.toSorted((a, b) => a.start - b.start) };
};
