import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  makeProfile,
  profileVersion,
  readProfile,
} from '../../../../functions/domain/routing/scoring/agent-profile.ts';
import { fromBase64, toBase64 } from '../../../../functions/domain/routing/scoring/base64.ts';
import { readLikenessTable } from '../../../../functions/domain/routing/scoring/likeness-table.ts';
import { likenessVector } from '../../../../functions/domain/routing/scoring/likeness-vector.ts';
import { gramsOf } from '../../../../functions/domain/routing/scoring/text-grams.ts';
import { encodeWords, plainTable, TRAVEL } from './profile-texts.ts';

const table = plainTable();
const profile = (examples: readonly string[], description = '') =>
  makeProfile({ description, examples }, table, encodeWords);
const cosine = (left: Float32Array, right: Float32Array): number => {
  const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, x, index) => sum + x * (b[index] ?? 0), 0);
  return dot(left, right) / Math.sqrt(dot(left, left) * dot(right, right));
};

describe('a profile', () => {
  it('is the same text for the same definition', () => {
    expect(makeProfile(TRAVEL, table, encodeWords)).toBe(makeProfile(TRAVEL, table, encodeWords));
  });

  it('keeps where an agent stands, how its examples differ and what they say', () => {
    const text = 'cancel my flight to paris';
    const read = readProfile(profile([text, text]) ?? '');
    const vector = likenessVector(table, encodeWords(text), gramsOf(text));
    expect(cosine(read?.centre ?? new Float32Array(512), vector)).toBeGreaterThan(0.98);
    expect(read).toMatchObject({ version: profileVersion(table), spreads: [0, 0] });
    expect(read?.deviations).toHaveLength(2);
    expect(read?.grams).toHaveLength(11 + 11);
    for (const spread of readProfile(makeProfile(TRAVEL, table, encodeWords) ?? '')?.spreads ?? [0])
      expect(spread).toBeGreaterThan(0);
  });

  it('is made of the description where there are no examples', () => {
    expect(profile([], 'books flights')).toBe(profile(['books flights']));
    expect(profile(['books flights'], 'and hotels')).not.toBe(profile(['books flights']));
  });

  it('stays below 2,000 characters for fifty long examples, of which it reads half', () => {
    const examples = Array.from({ length: 50 }, (_, index) =>
      `${index} of many words ${'word'.repeat(index)} and ${(index * 7_654_321).toString(36)} `.repeat(9),
    );
    let encodings = 0;
    const encode = (text: string) => {
      encodings += 1;
      return encodeWords(text);
    };
    const text = makeProfile({ description: 'x '.repeat(1000), examples }, table, encode) ?? '';
    expect(encodings).toBe(26);
    expect(text.length).toBeLessThan(2_000);
    expect(readProfile(text)?.deviations).toHaveLength(10);
    expect(readProfile(text)?.grams).toHaveLength(255);
  });

  it('is none for an agent that says nothing', () => {
    expect(profile([], '')).toBeUndefined();
    expect(profile([' '], '\n')).toBeUndefined();
  });

  it('survives any text', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' }), { maxLength: 4 }), fc.string(), (examples, description) => {
        const text = profile(examples, description);
        if (text !== undefined) expect(readProfile(text)?.centre.every(Number.isFinite)).toBe(true);
      }),
      { numRuns: 20 },
    );
  });

  it('is of another version if it was made with another table', () => {
    const made = (version: number) => readProfile(makeProfile(TRAVEL, plainTable(version), encodeWords) ?? '')?.version;
    expect(made(7)).toBe(profileVersion(table));
    expect(made(8)).not.toBe(made(7));
  });

  it('rejects what is no profile', () => {
    const text = profile(['hello']) ?? '';
    const unknown = fromBase64(text) ?? new Uint8Array();
    unknown[0] = 9;
    for (const wrong of ['', 'hello', text.slice(0, -3), `${text}AAAA`, `é${text.slice(1)}`, toBase64(unknown)])
      expect(readProfile(wrong)).toBeUndefined();
    fc.assert(fc.property(fc.string(), (any) => readProfile(any) === undefined));
  });
});

describe('base64', () => {
  it('gives back the bytes, and is what others write', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString('base64').replace(/=+$/, ''));
        expect(fromBase64(toBase64(bytes))).toEqual(bytes);
      }),
    );
  });
});

describe('a likeness table', () => {
  it('rejects a file of another length, and vectors of another', () => {
    expect(() => readLikenessTable(new Uint8Array(4))).toThrow(RangeError);
    expect(() => readLikenessTable(new Uint8Array(100))).toThrow(RangeError);
    expect(() => table.reduce(new Float32Array(3))).toThrow(RangeError);
  });
});
