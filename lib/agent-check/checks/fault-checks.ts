import { type Check, fail, notApplicable, pass, type Verdict } from '../check.ts';
import { findLeak } from '../find-leak.ts';
import { quote, readAnswer, replyProblem } from '../read-answer.ts';
import { sampleRequest } from '../sample-requests.ts';
import type { Subject, Unusual } from '../subject.ts';
import type { Reply } from '../target.ts';

const CLAUSE = 'Faults';
const AFTER = ['health', 'answer'];
/** Above everything that Switchboard sends. */
const TOO_LARGE_BYTES = 8 * 1024 * 1024;

/** That a fault shows nothing of the agent's inside. */
export const leakVerdict = (reply: Reply): Verdict => {
  const leak = reply.kind === 'fault' ? findLeak(reply.body) : undefined;
  return leak === undefined
    ? pass()
    : fail(`its fault shows ${leak}`, 'Say what the caller can do, and keep the rest for your log.');
};

/** That a reply refuses what was sent as the sender's mistake. */
const refusal = (reply: Reply, sent: string): Verdict => {
  if (reply.kind === 'answered')
    return fail(`it answered ${sent} as if it were a request: ${quote(reply.body)}`, 'Refuse it: 400, or a fault.');
  if (reply.kind === 'none') return replyProblem(reply) ?? pass();
  const leak = leakVerdict(reply);
  if (leak.result === 'fail') return { ...leak, reason: `for ${sent}, ${leak.reason}` };
  if (reply.status === null)
    return reply.name === 'none'
      ? fail(`for ${sent}, it failed without an errorType`, 'Throw an error that has a name.')
      : pass(`errorType ${reply.name}`);
  const isSenders = (reply.status >= 400 && reply.status < 500) || reply.status === 501;
  return isSenders
    ? pass(reply.name)
    : fail(`for ${sent}, it failed (${reply.name}) instead of refusing it`, 'Reply 400: the sender made the mistake.');
};

/** The first of several things that is not refused. */
const refusesAll = async (
  subject: Subject,
  things: readonly (readonly [string, string, Unusual?])[],
): Promise<Verdict> => {
  for (const [called, body, unusual] of things) {
    const found = refusal(await subject.sendText(body, unusual), called);
    if (found.result === 'fail') return found;
  }
  return pass();
};

const onlyHttp =
  (run: Check['run']): Check['run'] =>
  async (subject) =>
    subject.endpoint.kind === 'http' ? run(subject) : notApplicable('a function gets JSON alone');

const survivesTooLarge = async (subject: Subject): Promise<Verdict> => {
  const filler = 'x'.repeat(TOO_LARGE_BYTES);
  const reply = await subject.ask({ message: filler });
  const leak = leakVerdict(reply);
  if (leak.result === 'fail') return leak;
  if (reply.kind === 'none' && reply.why !== 'broke_off') return replyProblem(reply) ?? pass();
  if (reply.kind === 'fault' && (reply.status ?? 0) >= 500)
    return fail(`it failed (${reply.name}) at a request of 8 MiB`, 'Limit the body and reply 413.');
  return pass(reply.kind === 'none' ? 'it closed the connection' : reply.kind === 'fault' ? reply.name : 'it answered');
};

const BAD: readonly (readonly [string, string, Unusual?])[] = [
  ['a request without a message', '{"context_data": {}}'],
  ['half a JSON text', '{"message": "hel'],
  ['a form', 'message=hello', { contentType: 'application/x-www-form-urlencoded' }],
  ['a PUT', '{}', { method: 'PUT' }],
];

/** An agent that leaves a refused body unread takes it for the start of the next request on that connection. */
const answersAfterwards = async (subject: Subject): Promise<Verdict> => {
  for (const [called, body, unusual] of subject.endpoint.kind === 'http' ? BAD : BAD.slice(0, 1)) {
    await subject.sendText(body, unusual);
    const read = readAnswer(await subject.ask());
    if ('problem' in read)
      return { ...read.problem, reason: `for a good request right behind ${called}, ${read.problem.reason}` };
  }
  return pass();
};

const incomplete = ({ options }: Subject) => {
  const { message: _message, ...rest } = sampleRequest(options.role, options.timeoutMs);
  return [
    ['an empty object', '{}'],
    ['a request without a message', JSON.stringify(rest)],
    ['a request whose message is a number', JSON.stringify({ ...rest, message: 5 })],
    ['a list', '[]'],
    ['null', 'null'],
  ] as const;
};

export const FAULT_CHECKS: readonly Check[] = [
  {
    id: 'fault-malformed',
    title: 'what is not JSON is refused',
    clause: CLAUSE,
    after: AFTER,
    run: onlyHttp((subject) =>
      refusesAll(subject, [
        ['half a JSON text', '{"message": "hel'],
        ['an empty body', ''],
        ['plain text', 'hello'],
      ]),
    ),
  },
  {
    id: 'fault-incomplete',
    title: 'what is not a request is refused',
    clause: CLAUSE,
    after: AFTER,
    run: (subject) => refusesAll(subject, incomplete(subject)),
  },
  {
    id: 'fault-media-type',
    title: 'another media type is refused',
    clause: CLAUSE,
    after: AFTER,
    run: onlyHttp((subject) =>
      refusesAll(subject, [
        ['a form', 'message=hello', { contentType: 'application/x-www-form-urlencoded' }],
        ['XML', '<message>hello</message>', { contentType: 'application/xml' }],
      ]),
    ),
  },
  {
    id: 'fault-method',
    title: 'another method is refused',
    clause: CLAUSE,
    after: AFTER,
    run: onlyHttp((subject) => refusesAll(subject, [['a PUT', '{}', { method: 'PUT' }]])),
  },
  {
    id: 'fault-too-large',
    title: 'a request of 8 MiB does no harm',
    clause: CLAUSE,
    after: AFTER,
    run: onlyHttp(survivesTooLarge),
  },
  {
    id: 'fault-afterwards',
    title: 'a good request behind bad ones is answered',
    clause: CLAUSE,
    after: ['answer'],
    run: answersAfterwards,
  },
];
