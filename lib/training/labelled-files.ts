import { readdirSync } from 'node:fs';
import { type LabelledMessage, readMessages } from './message.ts';

const DATA = new URL('data/', import.meta.url);
const ENDING = '.jsonl';

/** Files of labelled messages by name, in the order of their names. */
export type LabelledFiles = ReadonlyMap<string, readonly LabelledMessage[]>;

export const readLabelledFiles = (): LabelledFiles =>
  new Map(
    readdirSync(DATA)
      .filter((name) => name.endsWith(ENDING))
      .sort()
      .map((name) => [name.slice(0, -ENDING.length), readMessages(new URL(name, DATA).pathname)]),
  );

/** Whether a file was given with the encoder, written by others than the rest. */
export const isGiven = (name: string): boolean => !name.startsWith('own-');

const numberOf = (name: string): number => Number(name.split('-')[1] ?? 0);
const LAST_SEEN = 12;

/** Whether the encoder was fine-tuned on a file: what it says of it is no evidence of anything. */
export const isSeenByEncoder = (name: string): boolean => isGiven(name) && numberOf(name) <= LAST_SEEN;

/** Whole files in `count` groups, the numbered ones of each family spread over all of them. */
export const foldsOf = (names: readonly string[], count: number): readonly (readonly string[])[] =>
  Array.from({ length: count }, (_, fold) => names.filter((name) => numberOf(name) % count === fold));
