import * as z from 'zod';
import { LABELS } from '../encoder/router-input.ts';
import { type BucketSet, readBucketSet } from './bucket-set.ts';

const perLabel = z.array(z.number()).length(LABELS.length);

/** How scores become probabilities: everything is multiplied, added and put through a softmax. */
const Combination = z.object({
  /** Of the n-grams' log probabilities. */
  ngrams: z.number(),
  /** Of the encoder's; 0 where it is not asked. */
  encoder: z.number(),
  biases: perLabel,
});
export type Combination = z.output<typeof Combination>;

const Section = z.object({ offset: z.int().min(0), length: z.int().min(0) });

/** What precedes the arrays of a weights file, as JSON. */
export const Header = z.object({
  version: z.string(),
  labels: z.array(z.string()),
  biases: perLabel,
  /** Value of one step of each label's 8-bit weights. */
  scales: perLabel,
  /** Steps of rarity that a unit has. */
  rarity_steps: z.number().positive(),
  alone: Combination,
  together: Combination,
  /** Probability from which the n-grams decide alone. */
  sure_from: z.number().min(0).max(1),
  sections: z.object({ members: Section, rarities: Section, weights: Section }),
});
export type Header = z.output<typeof Header>;

export interface IntentWeights {
  readonly header: Header;
  readonly vocabulary: BucketSet;
  /** Rarity of each n-gram, in `rarity_steps` a unit. */
  readonly rarities: Uint8Array;
  /** One for each label, n-gram by n-gram. */
  readonly weights: Int8Array;
}

/** Bytes of the number at the start that says how long the header is; sections begin at multiples of it. */
export const WORD_BYTES = 4;

/** Sections begin where a 32-bit number may. */
export const aligned = (bytes: number): number => Math.ceil(bytes / WORD_BYTES) * WORD_BYTES;

/** Reads a weights file. @throws RangeError if it is not whole, or was made for other labels */
export const readIntentWeights = (file: Uint8Array): IntentWeights => {
  const jsonBytes = new DataView(file.buffer, file.byteOffset).getUint32(0, true);
  // The header is ASCII.
  const json = Array.from(file.subarray(WORD_BYTES, WORD_BYTES + jsonBytes), (code) => String.fromCharCode(code)).join(
    '',
  );
  const header = Header.parse(JSON.parse(json));
  if (header.labels.join() !== LABELS.join()) throw new RangeError('the weights are for other labels');
  const start = WORD_BYTES + aligned(jsonBytes);
  const bytesOf = ({ offset, length }: z.output<typeof Section>): Uint8Array => {
    if (start + offset + length > file.length) throw new RangeError('the weights are cut off');
    // A copy of its own: typed arrays of wider numbers need an aligned beginning.
    return new Uint8Array(file.subarray(start + offset, start + offset + length));
  };
  const { members, rarities, weights } = header.sections;
  const vocabulary = readBucketSet(new Uint32Array(bytesOf(members).buffer));
  const read = { rarities: bytesOf(rarities), weights: new Int8Array(bytesOf(weights).buffer) };
  if (read.rarities.length !== vocabulary.size || read.weights.length !== vocabulary.size * LABELS.length)
    throw new RangeError('the weights do not fit their vocabulary');
  return { header, vocabulary, ...read };
};
