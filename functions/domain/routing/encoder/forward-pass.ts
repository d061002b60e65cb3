import type { Buffers } from './buffers.ts';
import type { Address, Kernels } from './kernels.ts';
import {
  type Block,
  type Contracting,
  EMBEDDING_WIDTH,
  INNER_WIDTH,
  type LayerNorm,
  type Layers,
  type Linear,
  WIDTH,
} from './layers.ts';

const HEADS = 4;
const FLOAT_BYTES = 4;

export type ForwardPass = {
  /** The mean of the last layer's rows, left at `buffers.pooled`; the second block queries for `queries` rows at most. */
  readonly pool: (ids: readonly number[], queries: number) => void;
  /** tanh of a layer of the pooled row, left at `buffers.head`. */
  readonly project: (layer: Linear) => void;
};

/** Outputs `from` to `from + outputs` of a layer, in whole blocks of eight. */
const outputsOf = ({ inputs, weights, sums, scales, biases }: Linear, from: number, outputs: number): Linear => ({
  inputs,
  outputs,
  weights: weights + from * inputs,
  sums: sums + from * FLOAT_BYTES,
  scales: scales + from * FLOAT_BYTES,
  biases: biases + from * FLOAT_BYTES,
});

/** The two transformer blocks over the kernels' memory. One pass at a time: its buffers are shared. */
export const makeForwardPass = (
  layers: Layers,
  kernels: Kernels,
  buffers: Buffers,
  memory: Uint8Array<ArrayBuffer>,
): ForwardPass => {
  const { ids: idsAt, embedded, stream, narrow, wide, queries, activations, activationScales, scores } = buffers;
  const words = new Int32Array(memory.buffer);
  const { embedding, first, residual, second } = layers;
  const queryLayer = outputsOf(second.queriesKeysValues, 0, WIDTH);
  const keyValueLayer = outputsOf(second.queriesKeysValues, WIDTH, 2 * WIDTH);

  const quantise = (x: Address, rows: number, width: number): void =>
    kernels.quantise(x, activations, activationScales, rows, width);

  const multiply = (layer: Linear, rows: number, out: Address, parts = 2): void => {
    const { inputs, outputs, weights, sums, scales, biases } = layer;
    kernels.linear(
      ...[activations, activationScales, rows, inputs],
      ...[weights, sums, scales, biases, outputs, out, parts],
    );
  };

  const apply = (layer: Linear, x: Address, rows: number, out: Address): void => {
    quantise(x, rows, layer.inputs);
    multiply(layer, rows, out);
  };

  const normalise = ({ gain, shift }: LayerNorm, x: Address, rows: number, width: number): void =>
    kernels.layerNorm(x, gain, shift, narrow, rows, width);

  /** ReLU of the expanded rows of the stream, in `wide`. */
  const expand = ({ feedForwardNorm, expand: layer }: Block, rows: number): void => {
    normalise(feedForwardNorm, stream, rows, WIDTH);
    quantise(narrow, rows, WIDTH);
    multiply(layer, rows, wide, 1);
    kernels.rectify(
      ...[wide, rows, INNER_WIDTH, activations, activationScales, WIDTH],
      ...[layer.rows, layer.sums, layer.scales, layer.bounds, buffers.list],
    );
  };

  const addContracted = ({ columns, scales, biases }: Contracting, x: Address, rows: number, out: Address): void =>
    kernels.contract(x, rows, INNER_WIDTH, columns, scales, biases, WIDTH, buffers.list, out);

  const runFirstBlock = (ids: readonly number[]): void => {
    const rows = ids.length;
    words.set(ids, idsAt / FLOAT_BYTES);
    kernels.embed(idsAt, rows, embedding.table, embedding.scales, embedding.timing, embedded, EMBEDDING_WIDTH);
    normalise(first.attentionNorm, embedded, rows, EMBEDDING_WIDTH);
    apply(first.queriesKeysValues, narrow, rows, wide);
    const part = EMBEDDING_WIDTH * FLOAT_BYTES;
    kernels.attend(
      ...[wide, 3 * part, rows, wide + part, wide + 2 * part, 3 * part, rows],
      ...[HEADS, EMBEDDING_WIDTH / HEADS, scores, narrow],
    );
    apply(first.mix, narrow, rows, stream);
    apply(residual, embedded, rows, narrow);
    kernels.add(stream, narrow, rows * WIDTH);
    expand(first, rows);
    addContracted(first.contract, wide, rows, stream);
  };

  /** Moves rows ⌊(j + ½) · rows / kept⌋ of the stream and of its activations to the front. */
  const sample = (rows: number, kept: number): void => {
    const moved = [
      [stream, WIDTH * FLOAT_BYTES],
      [activations, WIDTH * 2],
      [activationScales, FLOAT_BYTES],
    ] as const;
    for (let to = 0; to < kept; to += 1) {
      const from = Math.floor(((to + 0.5) * rows) / kept);
      for (const [at, bytes] of moved) memory.copyWithin(at + to * bytes, at + from * bytes, at + (from + 1) * bytes);
    }
  };

  /** Keys and values are of all rows; what follows is done for `kept` of them. */
  const runSecondBlock = (rows: number, kept: number): void => {
    normalise(second.attentionNorm, stream, rows, WIDTH);
    quantise(narrow, rows, WIDTH);
    multiply(keyValueLayer, rows, wide);
    if (kept < rows) sample(rows, kept);
    multiply(queryLayer, kept, queries);
    const part = WIDTH * FLOAT_BYTES;
    kernels.attend(
      ...[queries, part, kept, wide, wide + part, 2 * part, rows],
      ...[HEADS, WIDTH / HEADS, scores, narrow],
    );
    apply(second.mix, narrow, kept, queries);
    kernels.add(stream, queries, kept * WIDTH);
    expand(second, kept);
  };

  return {
    pool: (ids, most) => {
      const kept = Math.min(ids.length, most);
      runFirstBlock(ids);
      runSecondBlock(ids.length, kept);
      // The mean commutes with the last product: it is taken once, of the mean.
      kernels.meanRow(stream, kept, WIDTH, buffers.pooled);
      kernels.meanRow(wide, kept, INNER_WIDTH, buffers.pooledInner);
      addContracted(second.contract, buffers.pooledInner, 1, buffers.pooled);
    },
    project: (layer) => {
      apply(layer, buffers.pooled, 1, buffers.head);
      kernels.hyperbolicTangent(buffers.head, WIDTH);
    },
  };
};
