import type { Described } from '../../../../functions/domain/routing/scoring/agent-profile.ts';
import {
  DIRECTIONS,
  type LikenessTable,
  readLikenessTable,
  writeLikenessTable,
} from '../../../../functions/domain/routing/scoring/likeness-table.ts';
import { gramsOf } from '../../../../functions/domain/routing/scoring/text-grams.ts';

/** A table that keeps vectors of DIRECTIONS places as they are. */
export const plainTable = (version = 7): LikenessTable =>
  readLikenessTable(
    writeLikenessTable(
      version,
      new Float64Array(DIRECTIONS),
      Array.from({ length: DIRECTIONS }, (_, row) => new Float64Array(DIRECTIONS).fill(1, row, row + 1)),
    ),
  );

/** Stands in for the encoder: a text is the words that it has, whatever their order. */
export const encodeWords = (text: string): Float32Array => {
  const vector = new Float32Array(DIRECTIONS);
  for (const gram of gramsOf(text).words) vector[gram % DIRECTIONS] = (vector[gram % DIRECTIONS] ?? 0) + 1;
  const length = Math.hypot(...vector) || 1;
  return vector.map((x) => x / length);
};

export const TRAVEL: Described = {
  description: '',
  examples: [
    'book a flight to rome',
    'a hotel near the beach',
    'cancel my flight to paris',
    'which gate does my plane use',
  ],
};
export const COOKING: Described = {
  description: '',
  examples: [
    'how long do i boil an egg',
    'a soup with lentils',
    'what can i cook with rice',
    'bake bread without yeast',
  ],
};
export const MONEY: Described = {
  description: '',
  examples: ['send money to my mother', 'my card was declined', 'what is my balance', 'freeze my card please'],
};
