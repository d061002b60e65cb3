import { readFileSync } from 'node:fs';
import type { EncoderFiles } from '../../../../functions/domain/routing/encoder/encoder.ts';
import { readVocabulary } from '../../../../functions/domain/routing/encoder/packed-vocabulary.ts';
import {
  makeUnigramTokenizer,
  type Tokenizer,
} from '../../../../functions/domain/routing/encoder/unigram-tokenizer.ts';

export const modelFile = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`../../../../functions/model/${name}`, import.meta.url)));

/** The encoder's files as they ship. */
export const shippedFiles = (): EncoderFiles => ({
  weights: modelFile('encoder-weights.bin'),
  tensorTable: modelFile('encoder-tensors.json'),
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
