import { type BucketSet, readBucketSet, writeBucketSet } from '../../functions/domain/routing/intent/bucket-set.ts';
import type { MessageView } from '../../functions/domain/routing/intent/message-view.ts';
import { BUCKETS, ngramBuckets, type Vocabulary } from '../../functions/domain/routing/intent/ngram-features.ts';

/** Messages that an n-gram must be in: what a single one has teaches nothing. */
const LEAST_MESSAGES = 2;

/** Steps of rarity that a byte holds per unit: the stored form is what training uses too. */
export const RARITY_STEPS = 20;

export interface LearnedVocabulary extends Vocabulary {
  /** Bits of the buckets that are in it. */
  readonly members: Uint32Array;
  /** Rarity at each place, in RARITY_STEPS a unit. */
  readonly rarities: Uint8Array;
}

/** The n-grams of at least two of the messages, and how rare each is among them. */
export const learnVocabulary = (views: readonly MessageView[]): LearnedVocabulary => {
  const frequencies = new Uint32Array(BUCKETS);
  for (const view of views)
    for (const bucket of ngramBuckets(view)) frequencies[bucket] = (frequencies[bucket] ?? 0) + 1;
  const kept: number[] = [];
  for (let bucket = 0; bucket < BUCKETS; bucket += 1)
    if ((frequencies[bucket] ?? 0) >= LEAST_MESSAGES) kept.push(bucket);
  const members = writeBucketSet(kept, BUCKETS);
  const rarities = Uint8Array.from(kept, (bucket) => {
    const rarity = 1 + Math.log((1 + views.length) / (1 + (frequencies[bucket] ?? 0)));
    return Math.min(255, Math.round(rarity * RARITY_STEPS));
  });
  const set: BucketSet = readBucketSet(members);
  return { ...set, members, rarities, rarityAt: (place) => (rarities[place] ?? 0) / RARITY_STEPS };
};
