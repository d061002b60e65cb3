import { describe, expect, it } from 'vitest';
import type { Subject } from '../../../../functions/domain/routing/intent/intent-reading.ts';
import { readIntent } from '../../../routing-model.ts';
import { EXAMPLES } from '../messages.ts';

const read = ({ attachments = [], ...subject }: Partial<Subject> & Pick<Subject, 'message'>) =>
  readIntent({ attachments, ...subject });

describe('a message', () => {
  it.each(EXAMPLES.map((example) => [example.role, example.message.slice(0, 60), example] as const))(
    'is for %s: %s',
    (role, _, { message, attachments = [] }) => {
      expect(read({ message, attachments })).toMatchObject({ role, sure: true });
    },
  );

  it('has probabilities that sum to 1, the best of which is its confidence, and reads the same each time', () => {
    for (const { role: _, ...subject } of EXAMPLES.slice(0, 20)) {
      const reading = read(subject);
      const probabilities = [...reading.probabilities.values()];
      expect(probabilities.reduce((sum, probability) => sum + probability, 0)).toBeCloseTo(1, 6);
      expect(reading.confidence).toBe(Math.max(...probabilities));
      expect(reading.confidence).toBe(reading.probabilities.get(reading.role));
      expect(reading.reasons.length).toBeGreaterThan(0);
      expect(read(subject)).toEqual(reading);
    }
  });

  it.each(['qwertz', 'lkjh asdf', 'Who won the match yesterday?', 'How are you?'])(
    'that says nothing about software is for nobody: %s',
    (message) => {
      expect(read({ message }).role).toBe('none');
    },
  );

  it('that only begins like small talk is not', () => {
    const message = 'great, and could the pods of that deployment share one volume in all three zones';
    expect(read({ message }).role).not.toBe('none');
  });
});

describe('a follow-up', () => {
  it.each(['debugger', 'documentation', 'code_reviewer'])('is more probably for who answered last: %s', (role) => {
    const probability = (message: string, previousRole?: string) =>
      read({ message, previousRole }).probabilities.get(role) ?? 0;
    for (const message of ['and for the second one?', 'what about the other one', 'again, shorter'])
      expect(probability(message, role), message).toBeGreaterThan(probability(message));
  });

  it('goes elsewhere when it plainly asks for something else', () => {
    expect(read({ message: 'now write a README for it', previousRole: 'debugger' }).role).toBe('documentation');
  });

  it('of thanks is small talk', () => {
    expect(read({ message: 'thanks!', previousRole: 'debugger' }).role).toBe('none');
  });
});

/** Patterns that make careless expressions take quadratic time or worse. */
const NASTY: Readonly<Record<string, string>> = {
  spaces: ' ',
  newlines: '\n',
  'blank lines of spaces': ' \n',
  'one letter': 'a',
  words: 'at ',
  'beginnings of frames': '    at x\n',
  semicolons: '; ',
  braces: '{ ',
  fences: '```\n',
  'fences in one line': '```',
  errors: 'AaaaaaaaaaaaaaaaaaaaaaaError',
  'hunk headers': '@@ -1',
  punctuation: '!?',
  brackets: '((((',
  apostrophes: "thread '",
  combining: 'u\u0308',
  unspaced: '翻译',
  astral: '😀',
  'half an astral': '\ud83d',
};

describe('a message of 1 MiB', () => {
  it.each(Object.entries(NASTY))('is read in linear time: %s', (_, unit) => {
    const text = unit.repeat(Math.ceil((1024 * 1024) / unit.length));
    const attachments = Array.from({ length: 8 }, () => ({ name: 'a.txt', content: text }));
    const startedMs = performance.now();
    read({ message: text, attachments });
    // Takes 10 to 800 ms of an idle core, the most for punctuation; anything quadratic takes minutes.
    expect(performance.now() - startedMs).toBeLessThan(10_000);
  });
});
