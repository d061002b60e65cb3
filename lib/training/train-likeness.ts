import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { loadEncoder } from '../../functions/adapters/routing-model.ts';
import { DIRECTIONS, writeLikenessTable } from '../../functions/domain/routing/scoring/likeness-table.ts';
import { readMessages } from './message.ts';
import { principalDirections } from './principal-directions.ts';

const DATA = new URL('data/', import.meta.url);
const MODEL = new URL('../../functions/model/', import.meta.url);

/** Messages that are read: more change nothing that matters. */
const MESSAGES = 4000;
const MESSAGE_CHARACTERS = 600;

const fingerprint = (...parts: readonly Uint8Array[]): number => {
  let hash = 0x811c9dc5;
  for (const part of parts) for (const byte of part) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
};

/** Learns from the project's own messages how to reduce the encoder's vectors; the same bytes for the same messages. */
const trainLikeness = (): void => {
  const files = readdirSync(DATA).filter((name) => name.endsWith('.jsonl'));
  const texts = files.sort().flatMap((name) => readMessages(new URL(name, DATA).pathname).map(({ text }) => text));
  const encoder = loadEncoder(MODEL);
  const chosen = Array.from(
    { length: MESSAGES },
    (_, index) => texts[Math.floor((index * texts.length) / MESSAGES)] ?? '',
  );
  const { mean, directions } = principalDirections(
    chosen.map((text) => encoder.readMessage({ text: text.slice(0, MESSAGE_CHARACTERS), files: [] }).likeness),
    DIRECTIONS,
  );
  const weights = readFileSync(new URL('encoder-weights.bin', MODEL));
  const version = fingerprint(weights, writeLikenessTable(0, mean, directions));
  const file = writeLikenessTable(version, mean, directions);
  writeFileSync(new URL('likeness.bin', MODEL), file);
  process.stdout.write(`${JSON.stringify({ messages: chosen.length, bytes: file.length, version })}\n`);
};

trainLikeness();
