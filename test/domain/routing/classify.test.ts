import { describe, expect, it } from 'vitest';
import { type Classification, classify } from '../../../functions/domain/routing/classify.ts';
import { KEYWORD_POLICY } from '../../../functions/domain/routing/keyword-policy.ts';
import { EXAMPLES, type Example } from './messages.ts';

const judge = ({ message, attachments = [], previousRole }: Omit<Example, 'role'>): Classification =>
  classify({ message, attachments, previousRole }, KEYWORD_POLICY);

describe('a message', () => {
  it.each(EXAMPLES.map((example) => [example.role, example.message.slice(0, 60), example] as const))(
    'is for %s: %s',
    (role, _, example) => {
      expect(judge(example)).toMatchObject({ role, sure: true });
    },
  );

  it('has a confidence in [0, 1] and reasons, and is judged the same each time', () => {
    for (const example of EXAMPLES) {
      const judged = judge(example);
      expect(judged.confidence).toBeGreaterThan(0);
      expect(judged.confidence).toBeLessThanOrEqual(1);
      expect(judged.reasons.length).toBeGreaterThan(0);
      expect(judge(example)).toEqual(judged);
    }
  });

  it('that nothing recognises is a guess, and says so', () => {
    expect(judge({ message: 'could the pods of that deployment share one volume' })).toMatchObject({
      role: KEYWORD_POLICY.defaultRole,
      sure: false,
      reasons: ['no rule recognised the message'],
    });
  });

  it('is read also where it and what was pasted stand in one line', () => {
    const message = 'generate TypeScript types from this JSON: {"id": 1, "tags": ["a"]}';
    expect(judge({ message }).role).toBe('code_generator');
  });

  it('with material is never small talk', () => {
    expect(judge({ message: 'hi\n```js\nlet a;\n```' }).role).not.toBe('none');
    expect(judge({ message: 'hi', attachments: [{ name: 'a.js', content: 'let a;' }] }).role).not.toBe('none');
  });

  it.each(['qwertz', 'lkjh asdf', 'Who won the match yesterday?', 'How are you?'])(
    'that says nothing about software is for nobody: %s',
    (message) => {
      expect(judge({ message }).role).toBe('none');
      expect(judge({ message, attachments: [{ name: 'a.js', content: 'let a;' }] }).role).not.toBe('none');
    },
  );

  it('that only begins like small talk is not', () => {
    expect(
      judge({ message: 'great, and could the pods of that deployment share one volume in all three zones' }).role,
    ).not.toBe('none');
  });
});

describe('a follow-up', () => {
  it.each(['debugger', 'documentation', 'code_reviewer'])(
    'stays with the role that answered last: %s',
    (previousRole) => {
      for (const message of ['and for the second one?', 'what about the other one', 'again, shorter'])
        expect(judge({ message, previousRole }).role, message).toBe(previousRole);
    },
  );

  it('goes elsewhere when it plainly asks for something else', () => {
    expect(judge({ message: 'now write a README for it', previousRole: 'debugger' }).role).toBe('documentation');
    expect(judge({ message: 'ok and now review it please', previousRole: 'code_generator' }).role).toBe(
      'code_reviewer',
    );
  });

  it('of thanks is small talk', () => {
    expect(judge({ message: 'thanks!', previousRole: 'debugger' }).role).toBe('none');
  });
});

describe('the domains of a message', () => {
  it('are the languages of fences and the extensions of files, in lower case', () => {
    const attachments = ['A.TSX', 'b.go', 'c.go', 'no-extension'].map((name) => ({ name, content: '' }));
    const { domains } = judge({ message: 'x\n```Python\n1\n```\n```\n```', attachments });
    expect(domains).toEqual(['tsx', 'go', 'python']);
  });

  it('are at most 16', () => {
    const message = Array.from({ length: 40 }, (_, index) => `\`\`\`l${index}\n\`\`\``).join('\n');
    expect(judge({ message }).domains).toHaveLength(16);
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
  'beginnings of frames in one line': 'at x at ',
  semicolons: '; ',
  braces: '{ ',
  fences: '```\n',
  'fences in one line': '```',
  'half a rule': 'turn ',
  'half another': 'why does ',
  'half a third': 'move ',
  errors: 'AaaaaaaaaaaaaaaaaaaaaaaError',
  'hunk headers': '@@ -1',
  punctuation: '!?',
  'small talk': 'hi ',
  brackets: '((((',
  apostrophes: "thread '",
  astral: '😀',
};

describe('a message of 1 MiB', () => {
  it.each(Object.entries(NASTY))('is judged in linear time: %s', (_, unit) => {
    const text = unit.repeat(Math.ceil((1024 * 1024) / unit.length));
    const attachments = Array.from({ length: 8 }, () => ({ name: 'a.txt', content: text }));
    const startedMs = performance.now();
    judge({ message: text, attachments });
    // Takes 5 to 60 ms; anything quadratic takes minutes.
    expect(performance.now() - startedMs).toBeLessThan(2_000);
  });
});
