import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readBucketSet, writeBucketSet } from '../../../../functions/domain/routing/intent/bucket-set.ts';

const BUCKETS = 4096;

test('numbers its members in ascending order and knows no others', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 0, max: BUCKETS - 1 }), { maxLength: 600 }), (members) => {
      const set = readBucketSet(writeBucketSet(members, BUCKETS));
      const sorted = members.toSorted((left, right) => left - right);
      const places = Array.from({ length: BUCKETS }, (_, bucket) => set.placeOf(bucket));
      expect(set.size).toBe(members.length);
      expect(places.filter((place) => place !== -1)).toEqual(sorted.map((_, place) => place));
      expect(sorted.map((bucket) => places[bucket])).toEqual(sorted.map((_, place) => place));
    }),
    { numRuns: 60 },
  );
});
