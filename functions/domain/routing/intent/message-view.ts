import { shortenFences } from '../encoder/router-input.ts';
import type { FindConcepts } from './concepts.ts';
import type { Subject } from './intent-reading.ts';

/** Characters that are read from the start of a text and from its end: reading is bounded for any input. */
const HEAD_CHARACTERS = 1000;
const TAIL_CHARACTERS = 500;
/** Characters in which fences are looked for before the text is shortened: a paste must not push the question out. */
const READ_CHARACTERS = 16_384;

/** What the intent model reads of a message: lower case, bounded, each pasted block reduced to its ends. */
export interface MessageView {
  readonly text: string;
  readonly sentences: readonly string[];
  /** Lower-cased extensions of attached files; a file without one counts by its whole name. */
  readonly extensions: readonly string[];
  readonly previousRole: string | undefined;
  /** What it speaks of, if it is not in English. */
  readonly concepts?: readonly string[];
}

const ends = (text: string, head: number, tail: number): string =>
  text.length <= head + tail ? text : `${text.slice(0, head)}\n${text.slice(-tail)}`;

const SENTENCE_END = /(?<=[.!?。？！])\s+|\n+/;

const extensionOf = (name: string): string => name.slice(name.lastIndexOf('.') + 1).toLowerCase();

/** Reads at most 32,768 characters of the message and 1,500 of what is left without its pasted blocks. */
export const viewMessage = (
  { message, attachments, previousRole }: Subject,
  findConcepts: FindConcepts,
): MessageView => {
  const prose = shortenFences(ends(message, READ_CHARACTERS, READ_CHARACTERS));
  const text = ends(prose, HEAD_CHARACTERS, TAIL_CHARACTERS).toLowerCase();
  return {
    text,
    sentences: text.split(SENTENCE_END).filter((sentence) => sentence.trim() !== ''),
    extensions: [...new Set(attachments.slice(0, 16).map(({ name }) => extensionOf(name)))],
    previousRole,
    concepts: findConcepts(text),
  };
};
