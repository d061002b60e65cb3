import { describe, expect, it } from 'vitest';
import {
  type EncoderOptions,
  type EncoderParts,
  makeEncoder,
} from '../../../../functions/domain/routing/encoder/encoder.ts';
import { placesIn } from '../../../../functions/domain/routing/encoder/encoder-memory.ts';
import { makeForwardPass } from '../../../../functions/domain/routing/encoder/forward-pass.ts';
import { loadKernels } from '../../../../functions/domain/routing/encoder/kernels.ts';
import { MOST_ROWS, WIDTH } from '../../../../functions/domain/routing/encoder/layers.ts';
import { readRouterInput } from '../../../../functions/domain/routing/encoder/router-input.ts';
import { memoryWith, modelFile, shippedParts, shippedTokenizer, testVectors } from './shipped-files.ts';

const ALL: EncoderOptions = { limit: 96, queries: 96 };
const parts = shippedParts();
const tokenize = shippedTokenizer();
const encoder = makeEncoder(parts, ALL);
const vectors = testVectors().map((vector) => ({
  ...vector,
  input: { text: vector.text, files: vector.files, previousRole: vector.previous_agent ?? undefined },
}));
const plain = (text: string) => ({ text, files: [] });

const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((sum, x, index) => sum + x * (b[index] ?? 0), 0);
const cosine = (a: ArrayLike<number>, b: ArrayLike<number>): number => dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));

/** What messages are compared by, of the tokens that the reference reads: those of the text alone. */
const embed = (() => {
  const { memory } = parts.memory;
  const { layers, buffers } = placesIn(parts.memory);
  const { pool, project } = makeForwardPass(
    layers,
    loadKernels(parts.kernels, memory),
    buffers,
    new Uint8Array(memory.buffer),
  );
  return (tokens: readonly number[]): Float32Array => {
    pool([...tokens], MOST_ROWS);
    project(layers.similarity);
    return new Float32Array(memory.buffer).slice(buffers.head / 4, buffers.head / 4 + WIDTH);
  };
})();

describe('against the float32 reference', () => {
  it.each(vectors)('reads the same tokens and features: $text', (vector) => {
    const { ids, features } = readRouterInput(vector.input, tokenize, ALL.limit);
    expect(ids).toEqual(vector.router_tokens);
    expect([...features]).toEqual(vector.features.map((x) => expect.closeTo(x, 6)));
    expect(tokenize(vector.text).slice(0, 128)).toEqual(vector.plain_tokens);
  });

  it.each(vectors)('gives the same logits and direction: $text', (vector) => {
    const { logits, tokens } = encoder.readMessage(vector.input);
    expect(tokens).toBe(vector.router_tokens.length);
    for (const [label, logit] of vector.logits.entries())
      expect(Math.abs((logits[label] ?? Number.NaN) - logit)).toBeLessThan(0.001);
    expect(cosine(embed(vector.plain_tokens), vector.embedding)).toBeGreaterThan(0.9999);
  });
});

describe('makeEncoder', () => {
  it('gives the caller arrays of its own', () => {
    const first = encoder.readMessage(plain('why does the build fail'));
    const kept = { logits: [...first.logits], vector: [...first.vector] };
    encoder.readMessage(plain('write a readme'));
    expect({ logits: [...first.logits], vector: [...first.vector] }).toEqual(kept);
  });

  it('does not depend on what it read before', () => {
    const text = 'explain the retry logic';
    const fresh = makeEncoder(shippedParts(), ALL).readMessage(plain(text));
    encoder.readMessage(plain('a long one, again and again. '.repeat(60)));
    expect(encoder.readMessage(plain(text))).toEqual(fresh);
  });

  it('gives likeness the length 1', () => {
    expect(Math.hypot(...encoder.readMessage(plain('cats and dogs')).likeness)).toBeCloseTo(1, 6);
  });

  it('stays close to itself with fewer queries', () => {
    const text = plain('The nightly job dies with an out of memory error. '.repeat(8));
    const sampled = makeEncoder(parts, { limit: 96, queries: 24 }).readMessage(text);
    expect(cosine(sampled.vector, encoder.readMessage(text).vector)).toBeGreaterThan(0.98);
  });

  it.each([9, 10, 11, 12, 13, 48, 128])('reads as many tokens as the limit of %i', (limit) => {
    const { tokens, logits } = makeEncoder(parts, { limit, queries: 7 }).readMessage(plain('words '.repeat(500)));
    expect(tokens).toBe(limit);
    expect(logits.every(Number.isFinite)).toBe(true);
  });

  it.each(['', ' ', '\0', '\ud800', '🧵🧶', '```', 'x'.repeat(1 << 20)])('survives odd text', (text) => {
    const { logits, likeness } = encoder.readMessage(plain(text));
    expect(logits.every(Number.isFinite)).toBe(true);
    expect(Math.hypot(...likeness)).toBeCloseTo(1, 6);
  });

  it.each([
    { limit: 7, queries: 24 },
    { limit: 129, queries: 24 },
    { limit: 48, queries: 0 },
    { limit: Number.NaN, queries: 24 },
    { limit: 48, queries: 7.5 },
  ])('rejects options out of range: $limit, $queries', (options) => {
    expect(() => makeEncoder(parts, options)).toThrow(RangeError);
  });

  it('rejects parts that do not fit together', () => {
    const cut = (bytes: Uint8Array): Uint8Array => bytes.subarray(0, bytes.length - 1);
    const weights = modelFile('encoder-weights.bin');
    const made = (wrong: Partial<EncoderParts>) => () => makeEncoder({ ...parts, ...wrong }, ALL);
    expect(made({ memory: memoryWith(cut(weights)) })).toThrow('not whole');
    expect(made({ memory: memoryWith(weights.subarray(0, 7)) })).toThrow('no weights');
    expect(made({ memory: memoryWith(weights.subarray(1)) })).toThrow('no weights');
    expect(made({ vocabulary: cut(parts.vocabulary) })).toThrow('no packed vocabulary');
    expect(made({ kernels: cut(parts.kernels) })).toThrow('WebAssembly.Module()');
  });
});
