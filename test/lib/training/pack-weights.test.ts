import { expect, it } from 'vitest';
import { placeWeights, WEIGHTS_AT } from '../../../functions/domain/routing/encoder/encoder-memory.ts';
import {
  type Block,
  CLASSIFIER_INPUTS,
  COLUMN_STRIDE,
  EMBEDDING_WIDTH,
  INNER_WIDTH,
  type LayerNorm,
  type Linear,
  MOST_ROWS,
  WIDTH,
} from '../../../functions/domain/routing/encoder/layers.ts';
import { packWeights } from '../../../lib/training/pack-weights.ts';
import type { ReadTensor } from '../../../lib/training/tensor-table.ts';
import { modelFile } from '../../domain/routing/encoder/shipped-files.ts';

const EMBEDDINGS = 8048;
const SIGNAL_BYTES = MOST_ROWS * EMBEDDING_WIDTH * 4;

/** The tensors that a file was packed from, by name. */
const unpack = (file: Uint8Array): Map<string, Uint8Array> => {
  const tensors = new Map<string, Uint8Array>();
  const { layers } = placeWeights(EMBEDDINGS);
  const at = (address: number, bytes: number) => file.slice(address - WEIGHTS_AT, address - WEIGHTS_AT + bytes);
  const put = (name: string, address: number, bytes: number) => tensors.set(name, at(address, bytes));
  const scaled = (name: string, outputs: number, scales: number, biases: number) => {
    put(`${name}.w.scale`, scales, outputs * 4);
    put(`${name}.b`, biases, outputs * 4);
  };
  const linear = (name: string, { inputs, outputs, weights, scales, biases }: Linear) => {
    const packed = at(weights, inputs * outputs);
    const weightAt = (output: number, input: number) =>
      packed[Math.floor(output / 8) * 8 * inputs + Math.floor(input / 4) * 32 + (output % 8) * 4 + (input % 4)] ?? 0;
    const rows = Uint8Array.from(packed, (_, index) => weightAt(Math.floor(index / inputs), index % inputs));
    tensors.set(`${name}.w`, rows);
    scaled(name, outputs, scales, biases);
  };
  const norm = (name: string, width: number, { gain, shift }: LayerNorm) => {
    put(`${name}.g`, gain, width * 4);
    put(`${name}.b`, shift, width * 4);
  };
  const block = (name: string, width: number, { contract, ...parts }: Block) => {
    norm(`${name}.ln1`, width, parts.attentionNorm);
    linear(`${name}.qkv`, parts.queriesKeysValues);
    linear(`${name}.out`, parts.mix);
    norm(`${name}.ln2`, WIDTH, parts.feedForwardNorm);
    linear(`${name}.f1`, parts.expand);
    const columns = at(contract.columns, INNER_WIDTH * COLUMN_STRIDE);
    const weightAt = (index: number) =>
      columns[(index % INNER_WIDTH) * COLUMN_STRIDE + Math.floor(index / INNER_WIDTH)];
    tensors.set(
      `${name}.f2.w`,
      Uint8Array.from({ length: INNER_WIDTH * WIDTH }, (_, index) => weightAt(index) ?? 0),
    );
    scaled(`${name}.f2`, WIDTH, contract.scales, contract.biases);
  };
  put('emb', layers.embedding.table, EMBEDDINGS * EMBEDDING_WIDTH);
  put('emb.scale', layers.embedding.scales, EMBEDDINGS * 4);
  // Wave lengths from 2π to 10,000 · 2π, in equal ratios: as the file has them but for the last bit of some.
  const ratio = Math.log(10_000) / (EMBEDDING_WIDTH / 2 - 1);
  const frequencies = Float32Array.from({ length: EMBEDDING_WIDTH / 2 }, (_, index) => Math.exp(-index * ratio));
  tensors.set('timing', new Uint8Array(frequencies.buffer));
  block('0', EMBEDDING_WIDTH, layers.first);
  linear('0.res', layers.residual);
  block('1', WIDTH, layers.second);
  linear('h', layers.router);
  linear('fin', layers.similarity);
  put('c.w', layers.classifier.weights, 6 * CLASSIFIER_INPUTS * 4);
  put('c.b', layers.classifier.biases, 6 * 4);
  return tensors;
};

it('packs the tensors of the file that ships to that file', () => {
  const shipped = modelFile('encoder-weights.bin');
  const tensors = unpack(shipped);
  const read: ReadTensor = (name) => tensors.get(name) ?? expect.fail(`there is no tensor ${name}`);
  const packed = packWeights(read);
  const { timing } = placeWeights(EMBEDDINGS).layers.embedding;
  const signalOf = (file: Uint8Array) => file.subarray(timing - WEIGHTS_AT, timing - WEIGHTS_AT + SIGNAL_BYTES);
  const floatsOf = (bytes: Uint8Array) => new Float32Array(new Uint8Array(bytes).buffer);
  const signal = floatsOf(signalOf(shipped));
  const apart = floatsOf(signalOf(packed)).map((x, index) => Math.abs(x - (signal[index] ?? Number.NaN)));
  expect(apart.reduce((most, x) => Math.max(most, x), 0)).toBeLessThan(1e-4);
  signalOf(packed).set(signalOf(shipped));
  expect(Buffer.compare(packed, shipped)).toBe(0);
});
