import { type Check, fail, notApplicable, pass, type Verdict } from '../check.ts';
import { readAnswer } from '../read-answer.ts';
import { messageFor, sampleRequest } from '../sample-requests.ts';
import type { Subject } from '../subject.ts';
import { leakVerdict } from './fault-checks.ts';

const DEADLINE_MS = 500;
/** The way there and back, and a slow start of a timer. */
const GRACE_MS = 1_500;

const keepsDeadline = async (subject: Subject): Promise<Verdict> => {
  const { role, timeoutMs } = subject.options;
  const { agent_metadata } = sampleRequest(role, timeoutMs);
  const reply = await subject.ask(
    {
      message: `${messageFor(role)}\n${'All of this is the rest of the log.\n'.repeat(2_800)}`,
      agent_metadata: { ...agent_metadata, deadline_ms: DEADLINE_MS },
    },
    { timeoutMs: DEADLINE_MS + GRACE_MS },
  );
  if (reply.kind === 'none' && reply.why === 'timed_out')
    return fail(
      `it ignores the deadline: with a deadline_ms of ${DEADLINE_MS} it was still at work after ${DEADLINE_MS + GRACE_MS} ms`,
      'Stop at agent_metadata.deadline_ms and fail with 504: nobody waits for the answer any more.',
    );
  const leak = leakVerdict(reply);
  if (leak.result === 'fail' || reply.kind === 'fault')
    return leak.result === 'fail' ? leak : pass('it failed in time');
  const read = readAnswer(reply);
  return 'problem' in read ? read.problem : pass(`answered in ${Math.round(reply.tookMs)} ms`);
};

/** Looks at all replies so far: this check sends nothing. */
const keepsSize = async ({ replies }: Subject): Promise<Verdict> => {
  const large = replies.find((reply) => reply.kind === 'none' && reply.why === 'too_large');
  if (large?.kind === 'none') return fail(`it ${large.reason}`, 'Keep answers below 2 MiB; more is not read.');
  const bytes = replies.map((reply) => (reply.kind === 'answered' ? Buffer.byteLength(reply.body) : 0));
  return pass(`the largest had ${Math.max(0, ...bytes)} bytes`);
};

/** Looks at all replies so far: this check sends nothing. */
const neverRedirects = async ({ replies, endpoint }: Subject): Promise<Verdict> => {
  if (endpoint.kind === 'lambda') return notApplicable('a function has no redirects');
  for (const reply of replies)
    if (reply.kind === 'fault' && reply.status !== null && reply.status >= 300 && reply.status < 400)
      return fail(
        `it redirects (${reply.name} to ${reply.location ?? 'nowhere'}), and redirects are not followed`,
        'Register the address that answers itself.',
      );
  return pass();
};

const isSecure = async ({ endpoint, health }: Subject): Promise<Verdict> => {
  const addresses = [endpoint, health].filter(({ kind }) => kind === 'http').map(({ address }) => new URL(address));
  if (addresses.length === 0) return notApplicable('a function is called through AWS');
  const plain = addresses.find(({ protocol }) => protocol === 'http:');
  if (plain === undefined) return pass();
  return plain.hostname === '127.0.0.1'
    ? notApplicable('plain HTTP on 127.0.0.1 is called by the local cloud alone')
    : fail(
        `${plain.host} is called over plain HTTP`,
        'Serve it over HTTPS; the local cloud calls http://127.0.0.1 too.',
      );
};

export const LIMIT_CHECKS: readonly Check[] = [
  {
    id: 'deadline',
    title: `a deadline of ${DEADLINE_MS} ms is kept, or the request fails`,
    clause: 'Sizes and times',
    after: ['answer-large'],
    run: keepsDeadline,
  },
  { id: 'size', title: 'no reply is larger than 2 MiB', clause: 'Sizes and times', run: keepsSize },
  { id: 'redirect', title: 'nothing is redirected', clause: 'Where an agent can be', run: neverRedirects },
  { id: 'https', title: 'it is called over HTTPS', clause: 'Where an agent can be', run: isSecure },
];
