import * as z from 'zod';
import {
  FIRST_PIECE,
  ROOT,
  VOCABULARY_HEADER_BYTES,
  VOCABULARY_MAGIC,
} from '../../functions/domain/routing/encoder/packed-vocabulary.ts';

/** A piece and the logarithm of its probability; the original has none for pieces with a colon, which counts as 0. */
export type Piece = readonly [piece: string, score: number | null];

const piecesSchema = z.array(z.tuple([z.string(), z.number().nullable()]));

type Node = { readonly children: Map<number, Node>; piece: number };

const MOST_NODES = 0x10000;

const trieOf = (pieces: readonly Piece[]): { root: Node; units: number[] } => {
  const root: Node = { children: new Map(), piece: 0 };
  const units = new Set<number>();
  for (const [id, [piece]] of pieces.entries()) {
    if (id < FIRST_PIECE) continue;
    if (piece === '' || !piece.isWellFormed()) throw new RangeError(`piece ${id} is empty or has half a character`);
    let node = root;
    for (let index = 0; index < piece.length; index += 1) {
      const unit = piece.charCodeAt(index);
      units.add(unit);
      const child = node.children.get(unit) ?? { children: new Map(), piece: 0 };
      node.children.set(unit, child);
      node = child;
    }
    // Of equal pieces the last one counts, as in the original.
    node.piece = id;
  }
  return { root, units: [...units].sort((a, b) => a - b) };
};

/** The least base, from `from` on, that puts all symbols on free nodes. */
const freeBase = (symbols: readonly number[], parent: readonly number[], from: number): number => {
  for (let base = from; ; base += 1) if (symbols.every((symbol) => !parent[base + symbol])) return base;
};

type DoubleArray = { readonly base: number[]; readonly parent: number[]; readonly piece: number[] };

/** Places the nodes level by level, each family on the first gap that it fits. */
const placeNodes = (root: Node, units: readonly number[]): DoubleArray => {
  const symbolOf = new Map(units.map((unit, index) => [unit, index + 1]));
  const base: number[] = [0, 0];
  const parent: number[] = [0, ROOT];
  const piece: number[] = [0, 0];
  const queue: { node: Node; at: number }[] = [{ node: root, at: ROOT }];
  let firstFree = 0;
  for (const { node, at } of queue) {
    piece[at] = node.piece;
    const children = [...node.children]
      .map(([unit, child]) => ({ symbol: symbolOf.get(unit) ?? 0, child }))
      .sort((a, b) => a.symbol - b.symbol);
    const first = children[0];
    if (!first) continue;
    while (parent[firstFree + 1]) firstFree += 1;
    const chosen = freeBase(
      children.map(({ symbol }) => symbol),
      parent,
      Math.max(1, firstFree - first.symbol),
    );
    base[at] = chosen;
    for (const { symbol, child } of children) {
      parent[chosen + symbol] = at;
      queue.push({ node: child, at: chosen + symbol });
    }
  }
  return { base, parent, piece };
};

/**
 * The pieces of a vocabulary in the form of training: a list of [piece, score].
 * @throws ZodError for any other
 */
export const readPieces = (json: string): Piece[] => piecesSchema.parse(JSON.parse(json));

/**
 * The file that `readVocabulary` reads; the same bytes for the same pieces.
 * @throws RangeError when a piece is not well-formed or the trie has more nodes than 16 bits can name
 */
export const packVocabulary = (pieces: readonly Piece[]): Uint8Array => {
  const { root, units } = trieOf(pieces);
  const { base, parent, piece } = placeNodes(root, units);
  const nodes = parent.length;
  if (nodes > MOST_NODES) throw new RangeError(`${nodes} nodes are too many`);
  const nodesAt = VOCABULARY_HEADER_BYTES + pieces.length * 8;
  const bytes = new ArrayBuffer(nodesAt + nodes * 6 + units.length * 2);
  new Uint32Array(bytes, 0, 4).set([VOCABULARY_MAGIC, nodes, pieces.length, units.length]);
  new Float64Array(bytes, VOCABULARY_HEADER_BYTES, pieces.length).set(pieces.map(([, score]) => score ?? 0));
  for (const [index, column] of [base, parent, piece].entries())
    new Uint16Array(bytes, nodesAt + index * nodes * 2, nodes).set(Array.from(column, (value) => value ?? 0));
  new Uint16Array(bytes, nodesAt + nodes * 6).set(units);
  return new Uint8Array(bytes);
};
