import { readFileSync } from 'node:fs';
import type { EncoderParts } from '../../../../functions/domain/routing/encoder/encoder.ts';
import { type EncoderMemory, makeEncoderMemory } from '../../../../functions/domain/routing/encoder/encoder-memory.ts';
import { readVocabulary } from '../../../../functions/domain/routing/encoder/packed-vocabulary.ts';
import {
  makeUnigramTokenizer,
  type Tokenizer,
} from '../../../../functions/domain/routing/encoder/unigram-tokenizer.ts';

export const modelFile = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`../../../../functions/model/${name}`, import.meta.url)));

/** Memory into which a file of weights has been read. */
export const memoryWith = (weights: Uint8Array): EncoderMemory => {
  const memory = makeEncoderMemory(weights.length);
  memory.weights.set(weights);
  return memory;
};

/** What the encoder is made of, as it ships. */
export const shippedParts = (): EncoderParts => ({
  memory: memoryWith(modelFile('encoder-weights.bin')),
  vocabulary: modelFile('vocabulary.bin'),
  kernels: modelFile('kernels.wasm'),
});

export const shippedTokenizer = (): Tokenizer => makeUnigramTokenizer(readVocabulary(modelFile('vocabulary.bin')));

type Vector = {
  readonly text: string;
  readonly files: readonly string[];
  readonly previous_agent: string | null;
  readonly router_tokens: readonly number[];
  readonly plain_tokens: readonly number[];
  readonly features: readonly number[];
  readonly logits: readonly number[];
  readonly embedding: readonly number[];
};

/** Messages with what a float32 reference makes of them. */
export const testVectors = (): Vector[] =>
  JSON.parse(readFileSync(new URL('test-vectors.json', import.meta.url), 'utf8')).vectors;
