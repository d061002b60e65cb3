import type { Address } from './kernels.ts';
import { LABELS } from './router-input.ts';

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
  /** `timing`: the position signal of MOST_ROWS rows. */
  readonly embedding: { readonly table: Address; readonly scales: Address; readonly timing: Address };
  readonly first: Block;
  /** The learned residual of the first block, whose input is narrower than its output. */
  readonly residual: Linear;
  readonly second: Block;
  readonly router: Linear;
  readonly similarity: Linear;
  /** Plain floats, one row of CLASSIFIER_INPUTS a label. */
  readonly classifier: { readonly weights: Address; readonly biases: Address };
};

/** Most tokens of a pass. */
export const MOST_ROWS = 128;
export const WIDTH = 512;
export const EMBEDDING_WIDTH = 256;
export const INNER_WIDTH = 1536;
/** The vector and the features of a message. */
export const CLASSIFIER_INPUTS = WIDTH + LABELS.length + 4;
/** Bytes from one column of weights to the next: the kernel `contract` wants a gap of 64 between them. */
export const COLUMN_STRIDE = WIDTH + 64;

/** Takes the next free bytes. */
export type Take = (bytes: number) => Address;

const ALIGNMENT = 64;
const FLOAT_BYTES = 4;

/** Takes bytes from `start` on, each time from a multiple of 64. `end`: the first byte after what was taken. */
export const takeFrom = (start: Address): { readonly take: Take; readonly end: () => Address } => {
  let free = start;
  const take: Take = (bytes) => {
    const at = Math.ceil(free / ALIGNMENT) * ALIGNMENT;
    free = at + bytes;
    return at;
  };
  return { take, end: () => free };
};

const placeFloats = (count: number, take: Take): Address => take(count * FLOAT_BYTES);

const placeLinear = (inputs: number, outputs: number, take: Take): Linear => ({
  inputs,
  outputs,
  weights: take(inputs * outputs),
  sums: placeFloats(outputs, take),
  scales: placeFloats(outputs, take),
  biases: placeFloats(outputs, take),
});

const placeLayerNorm = (width: number, take: Take): LayerNorm => ({
  gain: placeFloats(width, take),
  shift: placeFloats(width, take),
});

const placeBlock = (width: number, take: Take): Block => ({
  attentionNorm: placeLayerNorm(width, take),
  queriesKeysValues: placeLinear(width, 3 * width, take),
  mix: placeLinear(width, WIDTH, take),
  feedForwardNorm: placeLayerNorm(WIDTH, take),
  expand: {
    ...placeLinear(WIDTH, INNER_WIDTH, take),
    rows: take(WIDTH * INNER_WIDTH),
    bounds: placeFloats(INNER_WIDTH, take),
  },
  contract: {
    columns: take(INNER_WIDTH * COLUMN_STRIDE),
    scales: placeFloats(WIDTH, take),
    biases: placeFloats(WIDTH, take),
  },
});

/** Where everything lies that the encoder has learned, for a table of so many embeddings. */
export const placeLayers = (embeddings: number, take: Take): Layers => ({
  embedding: {
    table: take(embeddings * EMBEDDING_WIDTH),
    scales: placeFloats(embeddings, take),
    timing: placeFloats(MOST_ROWS * EMBEDDING_WIDTH, take),
  },
  first: placeBlock(EMBEDDING_WIDTH, take),
  residual: placeLinear(EMBEDDING_WIDTH, WIDTH, take),
  second: placeBlock(WIDTH, take),
  router: placeLinear(WIDTH, WIDTH, take),
  similarity: placeLinear(WIDTH, WIDTH, take),
  classifier: {
    weights: placeFloats(LABELS.length * CLASSIFIER_INPUTS, take),
    biases: placeFloats(LABELS.length, take),
  },
});
