import { placeWeights, WEIGHTS_AT, WEIGHTS_MAGIC } from '../../functions/domain/routing/encoder/encoder-memory.ts';
import {
  type Block,
  CLASSIFIER_INPUTS,
  COLUMN_STRIDE,
  type Contracting,
  EMBEDDING_WIDTH,
  type Expanding,
  INNER_WIDTH,
  type LayerNorm,
  type Linear,
  MOST_ROWS,
  WIDTH,
} from '../../functions/domain/routing/encoder/layers.ts';
import { LABELS } from '../../functions/domain/routing/encoder/router-input.ts';
import type { ReadTensor } from './tensor-table.ts';
import { timingSignal } from './timing-signal.ts';

/** What is being packed: tensors by name, and the memory that they go to, from address 0 on. */
type Packing = {
  readonly read: ReadTensor;
  readonly bytes: Int8Array;
  readonly floats: Float32Array;
  readonly integers: Int32Array;
};

/** Outputs that `linear` computes at a time, and inputs that it reads at a time. */
const OUTPUTS = 8;
const INPUTS = 4;

const floatsOf = (bytes: Uint8Array): Float32Array => new Float32Array(new Uint8Array(bytes).buffer);
const signed = (bytes: Uint8Array): Int8Array => new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length);

const packFloats = (name: string, count: number, at: number, { read, floats }: Packing): void =>
  floats.set(floatsOf(read(name, 'float32', [count])), at / 4);

/** Rows to blocks of eight outputs: in each, for each four inputs, four weights of every output; and the rows' sums. */
const packLinear = (
  name: string,
  { inputs, outputs, weights, sums, scales, biases }: Linear,
  packing: Packing,
): void => {
  const { read, bytes, integers } = packing;
  const rows = signed(read(`${name}.w`, 'int8', [outputs, inputs]));
  rows.forEach((weight, index) => {
    const input = index % inputs;
    const output = (index - input) / inputs;
    const place = output % OUTPUTS;
    const block = weights + (output - place) * inputs;
    const group = Math.floor(input / INPUTS) * OUTPUTS + place;
    bytes[block + group * INPUTS + (input % INPUTS)] = weight;
    integers[sums / 4 + output] = (integers[sums / 4 + output] ?? 0) + weight;
  });
  packFloats(`${name}.w.scale`, outputs, scales, packing);
  packFloats(`${name}.b`, outputs, biases, packing);
};

/** Three standard deviations of Σ w · low, low being even in 0…127: what is left out of a coarse product. */
const boundOf = (row: Int8Array, scale: number): number => {
  const squares = row.reduce((sum, weight) => sum + weight * weight, 0);
  const deviation = Math.fround(Math.fround(36.95) * Math.fround(Math.sqrt(squares)));
  return Math.fround(Math.fround(3 * deviation) * scale);
};

const packExpanding = (name: string, layer: Expanding, packing: Packing): void => {
  packLinear(name, layer, packing);
  const { read, bytes, floats } = packing;
  const rows = signed(read(`${name}.w`, 'int8', [INNER_WIDTH, WIDTH]));
  bytes.set(rows, layer.rows);
  for (let output = 0; output < INNER_WIDTH; output += 1) {
    const row = rows.subarray(output * WIDTH, (output + 1) * WIDTH);
    floats[layer.bounds / 4 + output] = boundOf(row, floats[layer.scales / 4 + output] ?? 0);
  }
};

const packContracting = (name: string, { columns, scales, biases }: Contracting, packing: Packing): void => {
  const { read, bytes } = packing;
  signed(read(`${name}.w`, 'int8', [WIDTH, INNER_WIDTH])).forEach((weight, index) => {
    const input = index % INNER_WIDTH;
    bytes[columns + input * COLUMN_STRIDE + (index - input) / INNER_WIDTH] = weight;
  });
  packFloats(`${name}.w.scale`, WIDTH, scales, packing);
  packFloats(`${name}.b`, WIDTH, biases, packing);
};

const packLayerNorm = (name: string, width: number, { gain, shift }: LayerNorm, packing: Packing): void => {
  packFloats(`${name}.g`, width, gain, packing);
  packFloats(`${name}.b`, width, shift, packing);
};

const packBlock = (name: string, width: number, block: Block, packing: Packing): void => {
  packLayerNorm(`${name}.ln1`, width, block.attentionNorm, packing);
  packLinear(`${name}.qkv`, block.queriesKeysValues, packing);
  packLinear(`${name}.out`, block.mix, packing);
  packLayerNorm(`${name}.ln2`, WIDTH, block.feedForwardNorm, packing);
  packExpanding(`${name}.f1`, block.expand, packing);
  packContracting(`${name}.f2`, block.contract, packing);
};

/**
 * The file of weights for the encoder's tensors, as the kernels read it; the same bytes on every machine.
 * @throws RangeError when a tensor is missing or of another shape
 */
export const packWeights = (read: ReadTensor): Uint8Array => {
  const embeddings = read('emb.scale', 'float32', ['*']).byteLength / 4;
  const { layers, end } = placeWeights(embeddings);
  const memory = new ArrayBuffer(Math.ceil(end / 4) * 4);
  const packing: Packing = {
    read,
    bytes: new Int8Array(memory),
    floats: new Float32Array(memory),
    integers: new Int32Array(memory),
  };
  new Uint32Array(memory, WEIGHTS_AT, 2).set([WEIGHTS_MAGIC, embeddings]);
  packing.bytes.set(signed(read('emb', 'int8', [embeddings, EMBEDDING_WIDTH])), layers.embedding.table);
  packFloats('emb.scale', embeddings, layers.embedding.scales, packing);
  const frequencies = floatsOf(read('timing', 'float32', [EMBEDDING_WIDTH / 2]));
  packing.floats.set(timingSignal(frequencies, MOST_ROWS), layers.embedding.timing / 4);
  packBlock('0', EMBEDDING_WIDTH, layers.first, packing);
  packLinear('0.res', layers.residual, packing);
  packBlock('1', WIDTH, layers.second, packing);
  packLinear('h', layers.router, packing);
  packLinear('fin', layers.similarity, packing);
  const { weights, biases } = layers.classifier;
  packing.floats.set(floatsOf(read('c.w', 'float32', [LABELS.length, CLASSIFIER_INPUTS])), weights / 4);
  packFloats('c.b', LABELS.length, biases, packing);
  return new Uint8Array(memory, WEIGHTS_AT, end - WEIGHTS_AT);
};
