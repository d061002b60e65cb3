import { type Buffers, takeBuffers } from './buffers.ts';
import { type Address, type KernelMemory, makeKernelMemory } from './kernels.ts';
import { type Layers, placeLayers, takeFrom } from './layers.ts';
import { LAST_CONTEXT_ID } from './router-input.ts';

/**
 * A file of weights is what the kernels' memory holds, byte for byte, so that nothing is re-ordered when it is loaded.
 * It begins with two numbers (little-endian uint32): WEIGHTS_MAGIC, and how many embeddings there are. The rest lies
 * where `placeWeights` says.
 */
export const WEIGHTS_MAGIC = 0x32434e45;
export const WEIGHTS_HEADER_BYTES = 8;
/** Where the file lies: the compiler puts the kernels' constants below this. */
export const WEIGHTS_AT = 4096;

/** Where a file for so many embeddings has what it holds, and the first address after it. */
export const placeWeights = (embeddings: number): { readonly layers: Layers; readonly end: Address } => {
  const { take, end } = takeFrom(WEIGHTS_AT + WEIGHTS_HEADER_BYTES);
  return { layers: placeLayers(embeddings, take), end: end() };
};

/** The memory of one encoder. `weights`: where its file is to be read to, all of it, before the encoder is made. */
export type EncoderMemory = { readonly memory: KernelMemory; readonly weights: Uint8Array };

const placeBuffers = (start: Address): { readonly buffers: Buffers; readonly end: Address } => {
  const { take, end } = takeFrom(start);
  return { buffers: takeBuffers(take), end: end() };
};

/** Memory for a file of weights of so many bytes: a file goes straight where the kernels read it, without a copy. */
export const makeEncoderMemory = (fileBytes: number): EncoderMemory => {
  const memory = makeKernelMemory(placeBuffers(WEIGHTS_AT + fileBytes).end);
  return { memory, weights: new Uint8Array(memory.buffer, WEIGHTS_AT, fileBytes) };
};

/**
 * Where a memory that was read into has its layers and buffers.
 * @throws RangeError when what was read is not a whole file of weights
 */
export const placesIn = ({ weights }: EncoderMemory): { readonly layers: Layers; readonly buffers: Buffers } => {
  const [magic, embeddings = 0] =
    weights.length < WEIGHTS_HEADER_BYTES ? [] : new Uint32Array(weights.buffer, WEIGHTS_AT, 2);
  if (magic !== WEIGHTS_MAGIC) throw new RangeError('these are no weights of the encoder');
  const { layers, end } = placeWeights(embeddings);
  if (embeddings <= LAST_CONTEXT_ID || end !== WEIGHTS_AT + weights.length)
    throw new RangeError('the weights are not whole');
  return { layers, buffers: placeBuffers(end).buffers };
};
