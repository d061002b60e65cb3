import { readFileSync } from 'node:fs';
import { type Encoder, makeEncoder } from '../domain/routing/encoder/encoder.ts';
import { type FindConcepts, Lexicon, makeFindConcepts } from '../domain/routing/intent/concepts.ts';
import { makeReadIntent } from '../domain/routing/intent/intent-model.ts';
import type { ReadIntent } from '../domain/routing/intent/intent-reading.ts';
import { readIntentWeights } from '../domain/routing/intent/intent-weights.ts';

/** Tokens that the encoder reads, and those of them that its last layer answers for: docs/routing.md, "Time". */
const ENCODER_OPTIONS = { limit: 96, queries: 96 };

export interface RoutingModel {
  readonly readIntent: ReadIntent;
  readonly encoder: Encoder;
}

/** Loads the encoder from a folder. @throws if a file is missing, or they do not fit together */
export const loadEncoder = (folder: URL): Encoder => {
  const bytes = (name: string): Uint8Array => readFileSync(new URL(name, folder));
  return makeEncoder(
    {
      weights: bytes('encoder-weights.bin'),
      tensorTable: bytes('encoder-tensors.json'),
      vocabulary: bytes('vocabulary.bin'),
      kernels: bytes('kernels.wasm'),
    },
    ENCODER_OPTIONS,
  );
};

/** Reads the lexicon from a folder. @throws if it is missing or not one */
export const loadFindConcepts = (folder: URL): FindConcepts =>
  makeFindConcepts(Lexicon.parse(JSON.parse(readFileSync(new URL('concepts.json', folder), 'utf8'))));

/** Loads the whole model from a folder: `functions/model`, or its copy beside a bundle. @throws as `loadEncoder` */
export const loadRoutingModel = (folder: URL): RoutingModel => {
  const encoder = loadEncoder(folder);
  const weights = readIntentWeights(readFileSync(new URL('intent.bin', folder)));
  return { encoder, readIntent: makeReadIntent({ weights, encoder, findConcepts: loadFindConcepts(folder) }) };
};
