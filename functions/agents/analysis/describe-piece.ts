import type { Piece } from './find-material.ts';
import type { Language } from './language-of.ts';
import { code, count } from './markdown.ts';

const NAMES: Partial<Record<Language, string>> = {
  typescript: 'TypeScript',
  javascript: 'JavaScript',
  python: 'Python',
  java: 'Java',
  go: 'Go',
  csharp: 'C#',
  ruby: 'Ruby',
  rust: 'Rust',
  php: 'PHP',
  kotlin: 'Kotlin',
  sql: 'SQL',
};

/** Languages whose imports and declarations are read. */
export const READ_LANGUAGES = 'TypeScript, JavaScript, Python, Java and Go';

const languageName = (language: Language): string => NAMES[language] ?? 'other language';

/** Markdown heading of one of `total` pieces: its file or number, language and length. */
export const headingOf = (piece: Piece, index: number, total: number): string => {
  const name = piece.file === undefined ? (total > 1 ? `Block ${index + 1}` : 'The code') : code(piece.file);
  return `### ${name} (${languageName(piece.language)}, ${count(piece.text.split('\n').length, 'line')})`;
};
