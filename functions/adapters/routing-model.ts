import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { type Encoder, makeEncoder } from '../domain/routing/encoder/encoder.ts';
import { type EncoderMemory, makeEncoderMemory } from '../domain/routing/encoder/encoder-memory.ts';
import { rememberLikeness } from '../domain/routing/encoder/remember-likeness.ts';
import { type FindConcepts, makeFindConcepts } from '../domain/routing/intent/concepts.ts';
import { makeReadIntent } from '../domain/routing/intent/intent-model.ts';
import type { ReadIntent } from '../domain/routing/intent/intent-reading.ts';
import { readIntentWeights } from '../domain/routing/intent/intent-weights.ts';
import { readLexicon } from '../domain/routing/intent/lexicon.ts';
import { readStepWeights } from '../domain/routing/intent/step-file.ts';
import { makeReadSteps } from '../domain/routing/intent/steps.ts';
import { type CompareProfiles, makeCompareProfiles } from '../domain/routing/scoring/compare-profiles.ts';
import { type LikenessTable, readLikenessTable } from '../domain/routing/scoring/likeness-table.ts';

/** Tokens that the encoder reads, and how many of them its last layer answers for: docs/routing.md, "Time and size". */
const ENCODER_OPTIONS = { limit: 96, queries: 48 };

export interface RoutingModel {
  readonly readIntent: ReadIntent;
  readonly compareProfiles: CompareProfiles;
}

/** Reads a file of weights to where the encoder uses it: 9 MB that no copy is made of. */
const readWeights = (file: URL): EncoderMemory => {
  const descriptor = openSync(file, 'r');
  try {
    const memory = makeEncoderMemory(fstatSync(descriptor).size);
    let at = 0;
    while (at < memory.weights.length) {
      const bytes = readSync(descriptor, memory.weights, { offset: at });
      if (bytes === 0) throw new RangeError('the weights end too early');
      at += bytes;
    }
    return memory;
  } finally {
    closeSync(descriptor);
  }
};

/** Loads the encoder from a folder. @throws if a file is missing, or they do not fit together */
export const loadEncoder = (folder: URL): Encoder => {
  const memory = readWeights(new URL('encoder-weights.bin', folder));
  const bytes = (name: string): Uint8Array => readFileSync(new URL(name, folder));
  return makeEncoder({ memory, vocabulary: bytes('vocabulary.bin'), kernels: bytes('kernels.wasm') }, ENCODER_OPTIONS);
};

/** Reads the lexicon from a folder. @throws if it is missing or not one */
export const loadFindConcepts = (folder: URL): FindConcepts =>
  makeFindConcepts(readLexicon(readFileSync(new URL('concepts.bin', folder))));

/** Reads what encoder vectors are compared by from a folder. @throws if it is missing or not one */
export const loadLikenessTable = (folder: URL): LikenessTable =>
  readLikenessTable(readFileSync(new URL('likeness.bin', folder)));

/** Loads the whole model from a folder: `functions/model`, or its copy beside a bundle. @throws as `loadEncoder` */
export const loadRoutingModel = (folder: URL): RoutingModel => {
  const reader = loadEncoder(folder);
  const encoder = rememberLikeness(reader);
  // The first reading compiles the kernels: better in a cold start, on a fast processor, than in the first message.
  encoder.readMessage({ text: 'warm up', files: [] });
  const weights = readIntentWeights(readFileSync(new URL('intent.bin', folder)));
  const findConcepts = loadFindConcepts(folder);
  // Clauses are read past the memory: it would forget the message itself.
  const readSteps = makeReadSteps(readStepWeights(readFileSync(new URL('steps.bin', folder))), reader, findConcepts);
  let compareProfiles: CompareProfiles | undefined;
  return {
    readIntent: makeReadIntent({ weights, encoder, findConcepts, readSteps }),
    // Most installations have no agents to compare: the table is read by the first.
    compareProfiles: (profiles) => {
      compareProfiles ??= makeCompareProfiles(loadLikenessTable(folder), encoder.likenessOf);
      return compareProfiles(profiles);
    },
  };
};
