import { randomBytes } from 'node:crypto';
import { type Check, fail, pass, type Verdict } from '../check.ts';
import { readAnswer } from '../read-answer.ts';
import { messageFor, newTurnId, pastExchange, sampleRequest, type WireRequest } from '../sample-requests.ts';
import type { Subject } from '../subject.ts';

const REQUEST = 'Request';
const AFTER = ['answer'];
const KIB = 1024;

const answers = async (subject: Subject, changes: Partial<WireRequest> = {}): Promise<Verdict> => {
  const read = readAnswer(await subject.ask(changes));
  return 'problem' in read ? read.problem : pass();
};

/** A check that one request of the contract gets an answer. */
const variant = (
  id: string,
  title: string,
  changes: (subject: Subject) => Partial<WireRequest>,
  clause = REQUEST,
): Check => ({ id, title, clause, after: AFTER, run: (subject) => answers(subject, changes(subject)) });

const metadataOf = ({ options }: Subject) => sampleRequest(options.role, options.timeoutMs).agent_metadata;

/** Texts that trip programs which take every string for UTF-8, C strings or 16-bit characters. */
const TEXTS: readonly (readonly [string, string])[] = [
  ['accents and right-to-left text', 'Zażółć gęślą jaźń, עברית, العربية'],
  ['characters beyond 16 bits', '👩‍👩‍👧‍👦 𝒻(𝓍) 🏳️‍🌈 𠮷'],
  ['a NUL character', 'before \u0000 after'],
  ['other control characters and line separators', '\u0001\u001b[31m\u007f\u2028\u2029\r\n\t\ufeff'],
  ['half a surrogate pair', 'cut \ud83d off'],
];

const unicode = async (subject: Subject): Promise<Verdict> => {
  for (const [called, text] of TEXTS) {
    const found = await answers(subject, { message: `${text}\n${messageFor(subject.options.role)}\n${text}` });
    if (found.result === 'fail') return { ...found, reason: `with ${called} in the message, ${found.reason}` };
  }
  return pass();
};

const twice = async (subject: Subject): Promise<Verdict> => {
  const turn = { ...metadataOf(subject), turn_id: newTurnId() };
  for (const attempt of [1, 2]) {
    const found = await answers(subject, { conversation_id: 'conv_twice', agent_metadata: { ...turn, attempt } });
    if (found.result === 'fail') return { ...found, reason: `at attempt ${attempt}, ${found.reason}` };
  }
  return pass();
};

/** How many at a time: the default of max_concurrent_requests. */
const AT_ONCE = 5;

/** Each request's code has a name of its own; an answer with another request's name mixes them. */
const atOnce = async (subject: Subject): Promise<Verdict> => {
  const names = Array.from({ length: AT_ONCE }, () => `task_${randomBytes(6).toString('hex')}`);
  const replies = await Promise.all(
    names.map((name) => subject.ask({ message: messageFor(subject.options.role).replaceAll('mean', name) })),
  );
  const contents: string[] = [];
  for (const reply of replies) {
    const read = readAnswer(reply);
    if ('problem' in read)
      return {
        ...read.problem,
        reason: `of ${AT_ONCE} requests at a time, one was not answered: ${read.problem.reason}`,
      };
    contents.push(JSON.stringify(read.answer));
  }
  const mixed = contents.findIndex((content, own) =>
    names.some((name, other) => other !== own && content.includes(name)),
  );
  if (mixed >= 0)
    return fail(
      `of ${AT_ONCE} requests at a time, one was answered with what another had asked`,
      'Keep nothing of a request in variables that requests share.',
    );
  const echoed = contents.filter((content, own) => content.includes(names[own] ?? '')).length;
  return pass(
    echoed === 0
      ? 'all answered; it quotes nothing of what it is asked, so that mixed answers could not be seen'
      : `${echoed} of ${AT_ONCE} quote what they were asked, and none another's`,
  );
};

export const ANSWER_CHECKS: readonly Check[] = [
  { id: 'answer', title: 'a plain request is answered', clause: 'Answer', run: (subject) => answers(subject) },
  variant('answer-history', 'a request with a history is answered', () => ({
    conversation_history: [
      ...pastExchange('Hello', 'Hello.'),
      ...pastExchange('What is a mean?', 'A *sum* over a count.'),
    ],
  })),
  variant('answer-long-history', 'a request with 2 MiB of history is answered', () => ({
    conversation_history: Array.from({ length: 5 }, () =>
      pastExchange('Here is a log. '.repeat(27 * KIB), 'Nothing in it stands out. '.repeat(KIB)),
    ).flat(),
  })),
  variant('answer-large', 'a message of 100 KB is answered', ({ options }) => ({
    message: `${messageFor(options.role)}\n${'All of this is the rest of the log.\n'.repeat(2_800)}`,
  })),
  variant('answer-attachments', 'a request with attachments is answered', () => ({
    attachments: [
      {
        name: 'mean.py',
        content: 'def mean(values):\n    return sum(values) / len(values)\n',
        media_type: 'text/x-python',
      },
      { name: 'notes/übersicht.md', content: '' },
    ],
  })),
  variant('answer-context', 'a request with context and preferences is answered', () => ({
    context_data: { repository: 'shop', nested: { list: [1, null, true, 'x'] }, 'a key': 0.5 },
    user_preferences: { language: 'de', verbosity: 'short' },
  })),
  { id: 'answer-unicode', title: 'any Unicode text is answered', clause: REQUEST, after: AFTER, run: unicode },
  variant('answer-handed-over', 'a turn that another agent handed over is answered', (subject) => ({
    agent_metadata: { ...metadataOf(subject), sender_agent: 'another-agent', message_type: 'handoff' },
  })),
  variant('answer-other-versions', 'fields that it does not know are ignored', (subject) => {
    const unknown = { by_a_newer_version: { list: [1, 'x', null] } };
    return { ...unknown, agent_metadata: { ...metadataOf(subject), ...unknown } } as Partial<WireRequest>;
  }),
  {
    id: 'answer-twice',
    title: 'the same turn is answered again',
    clause: 'The same turn twice',
    after: AFTER,
    run: twice,
  },
  {
    id: 'answer-concurrent',
    title: `${AT_ONCE} requests at a time are answered, each with its own answer`,
    clause: 'Requests at the same time',
    after: AFTER,
    run: atOnce,
  },
];
