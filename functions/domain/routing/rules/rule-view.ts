import type { Subject } from '../intent/intent-reading.ts';
import { proseOf } from './prose.ts';
import { wordsIn } from './word-lists.ts';

/** What rules are about. */
export type RuleSubject = Pick<Subject, 'message'> & {
  readonly attachments: readonly { readonly name: string }[];
};

/** One text in the forms that conditions need. */
export interface TextView {
  readonly text: string;
  readonly lower: () => string;
  readonly words: () => ReadonlySet<string>;
}

/** A message as rules look at it; each form is made when the first rule needs it. */
export interface RuleView {
  readonly message: () => TextView;
  readonly prose: () => TextView;
  /** Names of attachments, and the same in lower case. */
  readonly files: () => readonly { readonly name: string; readonly lower: string }[];
}

/** Characters that are looked at from the start of a text and again from its end: reading is bounded for any input. */
const READ_CHARACTERS = 16_384;

/** Attachments whose names are looked at. */
const READ_FILES = 100;

const bounded = (text: string): string =>
  text.length <= 2 * READ_CHARACTERS ? text : `${text.slice(0, READ_CHARACTERS)}\n${text.slice(-READ_CHARACTERS)}`;

const once = <T>(make: () => T): (() => T) => {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
};

const textView = (text: string): TextView => ({
  text,
  lower: once(() => text.toLowerCase()),
  words: once(() => wordsIn(text)),
});

/** The view of a message. Bounded in work and size, whatever the message. */
export const ruleView = ({ message, attachments }: RuleSubject): RuleView => {
  const text = once(() => textView(bounded(message)));
  return {
    message: text,
    prose: once(() => textView(proseOf(text().text))),
    files: once(() =>
      attachments.slice(0, READ_FILES).map(({ name }) => {
        const path = name.replaceAll('\\', '/');
        return { name: path, lower: path.toLowerCase() };
      }),
    ),
  };
};
