import { readFileSync, writeFileSync } from 'node:fs';
import * as z from 'zod';
import { UNSPACED } from '../../functions/domain/routing/intent/concepts.ts';
import { LEXICON_MAGIC } from '../../functions/domain/routing/intent/lexicon.ts';

/** Words by what they mean, as people write them down: concept → language → beginnings of words. */
export const WordsByConcept = z.record(z.string().regex(/^\S+$/), z.record(z.string(), z.array(z.string().min(1))));
export type WordsByConcept = z.output<typeof WordsByConcept>;

interface Entry {
  readonly text: string;
  readonly first: string;
  readonly meaning: number;
}

const entriesOf = (words: WordsByConcept): readonly Entry[] =>
  Object.values(words).flatMap((languages, concept) =>
    Object.entries(languages).flatMap(([language, texts]) =>
      texts.map((written) => {
        const text = written.normalize('NFC').toLowerCase().split(/\s+/).join(' ');
        return { text, first: text.split(' ')[0] ?? '', meaning: concept * 2 + (language === 'en' ? 1 : 0) };
      }),
    ),
  );

/** By their first words; those that are equal stay as they were. */
const sorted = (entries: readonly Entry[]): readonly Entry[] =>
  entries.toSorted((left, right) => (left.first < right.first ? -1 : left.first > right.first ? 1 : 0));

/** The file that `readLexicon` reads; the same bytes for the same words. */
export const packConcepts = (words: WordsByConcept): Uint8Array => {
  const all = entriesOf(words);
  const spaced = sorted(all.filter(({ first }) => !UNSPACED.test(first)));
  // Where words are not told apart by spaces, what has a space in it is never found.
  const unspaced = sorted(all.filter(({ first, text }) => UNSPACED.test(first) && first === text));
  const entries = [...spaced, ...unspaced];
  const text = entries.map(({ text }) => text).join('');
  const names = Object.keys(words).join(' ');
  const starts = [0];
  for (const { text } of entries) starts.push((starts.at(-1) ?? 0) + text.length);
  const numbers = Uint32Array.of(LEXICON_MAGIC, entries.length, spaced.length, text.length, names.length, ...starts);
  const meanings = Uint16Array.from(entries, ({ meaning }) => meaning);
  return Buffer.concat([
    new Uint8Array(numbers.buffer),
    new Uint8Array(meanings.buffer),
    Buffer.from(text + names, 'utf16le'),
  ]);
};

if (import.meta.main) {
  const folder = new URL('../../functions/model/', import.meta.url);
  const words = WordsByConcept.parse(JSON.parse(readFileSync(new URL('concepts.json', folder), 'utf8')));
  writeFileSync(new URL('concepts.bin', folder), packConcepts(words));
}
