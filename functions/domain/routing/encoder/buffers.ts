import type { Address } from './kernels.ts';
import { EMBEDDING_WIDTH, INNER_WIDTH, MOST_ROWS, type Take, WIDTH } from './layers.ts';

/** Where a pass keeps its rows. Floats, but for `ids` (int32) and `activations` (two bytes for each float). */
export type Buffers = {
  readonly ids: Address;
  readonly embedded: Address;
  /** What each block adds to. */
  readonly stream: Address;
  readonly narrow: Address;
  readonly wide: Address;
  readonly queries: Address;
  readonly activations: Address;
  readonly activationScales: Address;
  readonly scores: Address;
  /** Positions in a row and what is read there, for the kernels that skip zeros. */
  readonly list: Address;
  readonly pooled: Address;
  readonly pooledInner: Address;
  readonly head: Address;
};

/** Room for MOST_ROWS rows; where a single row is multiplied, for four, since `linear` writes four at a time. */
export const takeBuffers = (take: Take): Buffers => ({
  ids: take(MOST_ROWS * 4),
  embedded: take(MOST_ROWS * EMBEDDING_WIDTH * 4),
  stream: take(MOST_ROWS * WIDTH * 4),
  narrow: take(MOST_ROWS * WIDTH * 4),
  wide: take(MOST_ROWS * INNER_WIDTH * 4),
  queries: take(MOST_ROWS * WIDTH * 4),
  activations: take(MOST_ROWS * WIDTH * 2),
  activationScales: take(MOST_ROWS * 4),
  scores: take(MOST_ROWS * 4),
  list: take(INNER_WIDTH * 8 + 64),
  pooled: take(WIDTH * 4),
  pooledInner: take(INNER_WIDTH * 4),
  head: take(4 * WIDTH * 4),
});
