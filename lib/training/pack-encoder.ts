import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { packVocabulary, readPieces } from './pack-vocabulary.ts';
import { packWeights } from './pack-weights.ts';
import { makeTensorReader } from './tensor-table.ts';

const MODEL = fileURLToPath(new URL('../../functions/model', import.meta.url));

/**
 * Puts an encoder into the files that ship: `folder` holds encoder-int8.bin, encoder.json and vocab.json, as training
 * writes them. Weights and vocabulary are packed as the functions use them.
 */
export const packEncoder = async (folder: string, target: string): Promise<void> => {
  const from = (name: string): Promise<Buffer> => readFile(path.join(folder, name));
  const to = (name: string, bytes: Uint8Array): Promise<void> => writeFile(path.join(target, name), bytes);
  const read = makeTensorReader(await from('encoder.json'), await from('encoder-int8.bin'));
  await to('encoder-weights.bin', packWeights(read));
  await to('vocabulary.bin', packVocabulary(readPieces((await from('vocab.json')).toString())));
};

if (import.meta.main) {
  const folder = process.argv[2];
  if (folder === undefined) throw new Error('usage: node lib/training/pack-encoder.ts FOLDER');
  await packEncoder(folder, MODEL);
}
