import * as z from 'zod';
import { LABELS } from '../encoder/router-input.ts';
import { type BucketSet, readBucketSet } from './bucket-set.ts';
import { KINDS } from './message-kind.ts';
import { readWeightsFile, Section } from './weights-file.ts';

const perLabel = z.array(z.number()).length(LABELS.length);

const perKind = z.array(z.number()).length(KINDS.length);

/** How scores become probabilities: multiplied by a weight that depends on the kind of message, added, put through a softmax. */
const Combination = z.object({
  /** Of the n-grams' log probabilities. */
  ngrams: perKind,
  /** Of the encoder's; 0 where it is not asked. */
  encoder: perKind,
  /** Of each label, kind by kind. */
  biases: z.array(perLabel).length(KINDS.length),
});
export type Combination = z.output<typeof Combination>;

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
  /** Value of one step of each label's 8-bit weights of the encoder's vector. */
  vector_scales: perLabel,
  sections: z.object({ members: Section, rarities: Section, weights: Section, vector: Section }),
});
export type Header = z.output<typeof Header>;

export interface IntentWeights {
  readonly header: Header;
  readonly vocabulary: BucketSet;
  /** Rarity of each n-gram, in `rarity_steps` a unit. */
  readonly rarities: Uint8Array;
  /** One for each label, n-gram by n-gram. */
  readonly weights: Int8Array;
  /** What the encoder's vector adds to the combination: a weight for each label, place by place. */
  readonly vector: Int8Array;
}

/** Reads intent.bin. @throws RangeError if it is not whole, or was made for other labels */
export const readIntentWeights = (file: Uint8Array): IntentWeights => {
  const { header, unsigned, signed } = readWeightsFile(file, Header);
  if (header.labels.join() !== LABELS.join()) throw new RangeError('the weights are for other labels');
  const { members, rarities, weights, vector } = header.sections;
  // Its numbers are wider than a byte and need an aligned beginning, which a copy has.
  const vocabulary = readBucketSet(new Uint32Array(new Uint8Array(unsigned(members)).buffer));
  const read = { rarities: unsigned(rarities), weights: signed(weights), vector: signed(vector) };
  if (read.rarities.length !== vocabulary.size || read.weights.length !== vocabulary.size * LABELS.length)
    throw new RangeError('the weights do not fit their vocabulary');
  return { header, vocabulary, ...read };
};
