import { describe, expect, it } from 'vitest';
import { ROOT, readVocabulary } from '../../../functions/domain/routing/encoder/packed-vocabulary.ts';
import { type Piece, packVocabulary, readPieces } from '../../../lib/training/pack-vocabulary.ts';
import { modelFile } from '../../domain/routing/encoder/shipped-files.ts';

/** The pieces of a packed vocabulary; one that a later equal piece has replaced reads as the last piece. */
const unpack = (bytes: Uint8Array): Piece[] => {
  const { scores, base, parent, piece, symbolOf } = readVocabulary(bytes);
  const unitOf = new Map([...symbolOf].map((symbol, unit) => [symbol, unit]));
  const names = new Map<number, string>();
  const nameOf = (node: number): string => {
    if (node === ROOT) return '';
    const from = parent[node] ?? 0;
    return nameOf(from) + String.fromCharCode(unitOf.get(node - (base[from] ?? 0)) ?? 0);
  };
  piece.forEach((id, node) => {
    if (id !== 0) names.set(id, nameOf(node));
  });
  const last = names.get(scores.length - 1) ?? '';
  return Array.from(scores, (score, id) => [names.get(id) ?? last, score]);
};

describe('packVocabulary', () => {
  it('gives the file that ships for the pieces in it', () => {
    const shipped = modelFile('vocabulary.bin');
    expect(Buffer.compare(packVocabulary(unpack(shipped)), shipped)).toBe(0);
  });

  it.each(['', '\ud800'])('rejects a piece that is no text: %j', (piece) => {
    expect(() => packVocabulary([...Array(6).fill(['x', 0]), [piece, -1]])).toThrow(RangeError);
  });

  it('rejects more than 16 bits of nodes', () => {
    const many = Array.from({ length: 1_200 }, (_, index): Piece => [`${index}`.repeat(60), -1]);
    expect(() => packVocabulary(many)).toThrow('too many');
  });
});

describe('readPieces', () => {
  it('reads pieces without a score', () => {
    expect(readPieces('[["a",-1.5],[":",null]]')).toEqual([
      ['a', -1.5],
      [':', null],
    ]);
  });

  it.each(['{}', '[["a"]]', '[[1,2]]', '['])('rejects %s', (json) => {
    expect(() => readPieces(json)).toThrow();
  });
});
