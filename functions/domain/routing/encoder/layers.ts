import type { Address, Kernels } from './kernels.ts';
import type { ReadTensor } from './tensor-table.ts';

/** A linear layer as the kernels read it: re-ordered int8 weights, their row sums, and a scale and a bias an output. */
export type Linear = {
  readonly inputs: number;
  readonly outputs: number;
  readonly weights: Address;
  readonly sums: Address;
  readonly scales: Address;
  readonly biases: Address;
};

export type LayerNorm = { readonly gain: Address; readonly shift: Address };

/** A layer before a ReLU: also its weights in plain rows, and how wrong a coarse product may be, an output. */
export type Expanding = Linear & { readonly rows: Address; readonly bounds: Address };

/** A layer after a ReLU: its weights in columns, for most of what it multiplies is 0. */
export type Contracting = { readonly columns: Address; readonly scales: Address; readonly biases: Address };

export type Block = {
  readonly attentionNorm: LayerNorm;
  readonly queriesKeysValues: Linear;
  readonly mix: Linear;
  readonly feedForwardNorm: LayerNorm;
  readonly expand: Expanding;
  readonly contract: Contracting;
};

export type Layers = {
  readonly embedding: { readonly table: Address; readonly scales: Address };
  readonly first: Block;
  /** The learned residual of the first block, whose input is narrower than its output. */
  readonly residual: Linear;
  readonly second: Block;
  readonly router: Linear;
  readonly similarity: Linear;
};

export const WIDTH = 512;
export const EMBEDDING_WIDTH = 256;
export const INNER_WIDTH = 1536;
/** Bytes between columns of weights, as the kernel `contract` wants them. */
const COLUMN_GAP = 64;

/** What is needed to put tensors into the kernels' memory. `scratch`: INNER_WIDTH · WIDTH + 512 bytes to re-order in. */
export type Loading = {
  readonly read: ReadTensor;
  readonly take: (bytes: number) => Address;
  readonly memory: Uint8Array;
  readonly kernels: Kernels;
  readonly scratch: Address;
};

const place = (bytes: Uint8Array, { take, memory }: Loading): Address => {
  const at = take(bytes.byteLength);
  memory.set(bytes, at);
  return at;
};

const placeFloats = (name: string, count: number, loading: Loading): Address =>
  place(loading.read(name, 'float32', [count]), loading);

const loadLinear = (name: string, inputs: number, outputs: number, loading: Loading): Linear => {
  const { read, take, memory, kernels, scratch } = loading;
  const weights = take(inputs * outputs);
  const sums = take(outputs * 4);
  memory.set(read(`${name}.w`, 'int8', [outputs, inputs]), scratch);
  kernels.packRows(scratch, weights, sums, outputs, inputs);
  const scales = placeFloats(`${name}.w.scale`, outputs, loading);
  return { inputs, outputs, weights, sums, scales, biases: placeFloats(`${name}.b`, outputs, loading) };
};

const loadExpanding = (name: string, loading: Loading): Expanding => {
  const linear = loadLinear(name, WIDTH, INNER_WIDTH, loading);
  const rows = place(loading.read(`${name}.w`, 'int8', [INNER_WIDTH, WIDTH]), loading);
  const bounds = loading.take(INNER_WIDTH * 4);
  loading.kernels.packBounds(rows, linear.scales, bounds, INNER_WIDTH, WIDTH);
  return { ...linear, rows, bounds };
};

const loadContracting = (name: string, loading: Loading): Contracting => {
  const { read, take, memory, kernels, scratch } = loading;
  const columns = take(INNER_WIDTH * (WIDTH + COLUMN_GAP));
  memory.set(read(`${name}.w`, 'int8', [WIDTH, INNER_WIDTH]), scratch);
  kernels.packColumns(scratch, columns, WIDTH, INNER_WIDTH, scratch + INNER_WIDTH * WIDTH);
  const scales = placeFloats(`${name}.w.scale`, WIDTH, loading);
  return { columns, scales, biases: placeFloats(`${name}.b`, WIDTH, loading) };
};

const loadLayerNorm = (name: string, width: number, loading: Loading): LayerNorm => ({
  gain: placeFloats(`${name}.g`, width, loading),
  shift: placeFloats(`${name}.b`, width, loading),
});

const loadBlock = (name: string, width: number, loading: Loading): Block => ({
  attentionNorm: loadLayerNorm(`${name}.ln1`, width, loading),
  queriesKeysValues: loadLinear(`${name}.qkv`, width, 3 * width, loading),
  mix: loadLinear(`${name}.out`, width, WIDTH, loading),
  feedForwardNorm: loadLayerNorm(`${name}.ln2`, WIDTH, loading),
  expand: loadExpanding(`${name}.f1`, loading),
  contract: loadContracting(`${name}.f2`, loading),
});

/** Puts every layer into the kernels' memory. @throws RangeError when a tensor is missing or of another shape */
export const loadLayers = (loading: Loading): Layers => ({
  embedding: {
    table: place(loading.read('emb', 'int8', ['*', EMBEDDING_WIDTH]), loading),
    scales: place(loading.read('emb.scale', 'float32', ['*']), loading),
  },
  first: loadBlock('0', EMBEDDING_WIDTH, loading),
  residual: loadLinear('0.res', EMBEDDING_WIDTH, WIDTH, loading),
  second: loadBlock('1', WIDTH, loading),
  router: loadLinear('h', WIDTH, WIDTH, loading),
  similarity: loadLinear('fin', WIDTH, WIDTH, loading),
});
