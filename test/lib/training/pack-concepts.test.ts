import { expect, it } from 'vitest';
import { packConcepts, WordsByConcept } from '../../../lib/training/pack-concepts.ts';
import { modelFile } from '../../domain/routing/encoder/shipped-files.ts';

it('packs the words to the file that ships', () => {
  const words = WordsByConcept.parse(JSON.parse(Buffer.from(modelFile('concepts.json')).toString('utf8')));
  expect(Buffer.compare(packConcepts(words), modelFile('concepts.bin'))).toBe(0);
});

it('rejects a concept whose name has a space, which separates names', () => {
  expect(WordsByConcept.safeParse({ 'not one': {} }).success).toBe(false);
});
