import { randomBytes } from 'node:crypto';
import { type Check, fail, notApplicable, pass, type Verdict, warn } from '../check.ts';
import { quote, readAnswer } from '../read-answer.ts';
import { sampleRequest } from '../sample-requests.ts';
import { signRequest } from '../sign-request.ts';
import type { Subject } from '../subject.ts';
import type { Reply } from '../target.ts';
import { leakVerdict } from './fault-checks.ts';

const AFTER = ['answer'];
const SIGNATURE_ADVICE =
  'Compute HMAC-SHA256 of webhook-id.webhook-timestamp.body over the bytes as they came, and compare before anything else.';

/** That a caller who should not get in does not. */
const keptOut = (reply: Reply, who: string, advice: string): Verdict => {
  if (reply.kind === 'answered') return fail(`it accepts ${who}: ${quote(reply.body)}`, advice);
  if (reply.kind === 'fault' && (reply.status === 401 || reply.status === 403)) return leakVerdict(reply);
  const got = reply.kind === 'fault' ? `with ${reply.name}` : `, but it ${reply.reason}`;
  return fail(`it does not refuse ${who} with 401 or 403 ${got}`.replace(' ,', ','), advice);
};

type Forge = (body: string, key: Buffer) => { readonly headers: Record<string, string>; readonly body?: string };

const id = () => `check_${randomBytes(8).toString('hex')}`;
const MINUTE_MS = 60_000;

/** A check that a request whose signature was tampered with is kept out. */
const forgery = (name: string, who: string, forge: Forge): Check => ({
  id: `signature-${name}`,
  title: `${who} is refused`,
  clause: 'Signatures',
  after: AFTER,
  run: async (subject) => {
    const { signingKey, role, timeoutMs } = subject.options;
    if (signingKey === undefined) return notApplicable('no --signing-key was given');
    if (subject.endpoint.kind === 'lambda') return notApplicable('calls of functions are signed by AWS');
    const body = JSON.stringify(sampleRequest(role, timeoutMs));
    const forged = forge(body, signingKey);
    const authentication = { ...subject.credentials, ...forged.headers };
    return keptOut(await subject.sendText(forged.body ?? body, { authentication }), who, SIGNATURE_ADVICE);
  },
});

const without = (headers: Record<string, string>, name: string): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter(([key]) => key !== name));

const signedAt =
  (shiftMs: number): Forge =>
  (body, key) => ({ headers: signRequest(key, id(), Date.now() + shiftMs, body) });

const accepted = async (subject: Subject): Promise<Verdict> => {
  if (subject.options.signingKey === undefined) return notApplicable('no --signing-key was given');
  if (subject.endpoint.kind === 'lambda') return notApplicable('calls of functions are signed by AWS');
  const read = readAnswer(await subject.ask());
  return 'problem' in read ? { ...read.problem, reason: `rightly signed, ${read.problem.reason}` } : pass();
};

const needsCredentials = async (subject: Subject): Promise<Verdict> => {
  const names = Object.keys(subject.credentials);
  if (names.length === 0) return notApplicable('no --bearer or --header was given');
  if (subject.endpoint.kind === 'lambda') return notApplicable('a function gets no headers');
  const body = JSON.stringify(sampleRequest(subject.options.role, subject.options.timeoutMs));
  const wrong = Object.fromEntries(names.map((name) => [name, 'Bearer wrong']));
  for (const [who, headers] of [
    ['a caller without credentials', {}],
    ['a caller with wrong credentials', wrong],
  ] as const) {
    const authentication = { ...headers, ...subject.signature(body) };
    const found = keptOut(await subject.sendText(body, { authentication }), who, 'Compare them before anything else.');
    if (found.result === 'fail') return found;
  }
  return pass();
};

/**
 * A wrong key should show as bad health rather than in turns. The endpoint must verify whatever it is sent; a health URL
 * of its own may also be there for a load balancer, which signs nothing.
 */
const healthIsSigned = async (subject: Subject): Promise<Verdict> => {
  if (subject.options.signingKey === undefined) return notApplicable('no --signing-key was given');
  if (subject.endpoint.kind === 'lambda') return notApplicable('calls of functions are signed by AWS');
  if (!subject.isHealthOnHost) return notApplicable('a health check on another host is not signed');
  const signature = signRequest(randomBytes(32), id(), Date.now(), '');
  const reply = await subject.checkHealth({}, { authentication: { ...subject.credentials, ...signature } });
  if (reply.kind === 'answered' && subject.health !== subject.endpoint)
    return warn(
      'its health URL accepts a signature by another key, so a wrong key shows in the first turn only',
      'Verify the signature there too, unless others who cannot sign need that URL.',
    );
  return keptOut(reply, 'a health check signed by another key', SIGNATURE_ADVICE);
};

export const ACCESS_CHECKS: readonly Check[] = [
  {
    id: 'credentials',
    title: 'a caller without the credentials is refused',
    clause: 'Credentials',
    after: AFTER,
    run: needsCredentials,
  },
  { id: 'signature', title: 'a right signature is accepted', clause: 'Signatures', after: AFTER, run: accepted },
  {
    id: 'signature-health',
    title: 'a health check signed by another key is refused',
    clause: 'Signatures',
    after: ['health'],
    run: healthIsSigned,
  },
  forgery('missing', 'a request without a signature', () => ({ headers: {} })),
  forgery('wrong-key', 'a signature by another key', (body) => ({
    headers: signRequest(randomBytes(32), id(), Date.now(), body),
  })),
  forgery('changed-body', 'a body that was changed after signing', (body, key) => ({
    headers: signRequest(key, id(), Date.now(), body),
    body: body.replace('"message":"', '"message":"Also: '),
  })),
  forgery('changed-id', 'an id that was changed after signing', (body, key) => ({
    headers: { ...signRequest(key, id(), Date.now(), body), 'webhook-id': id() },
  })),
  forgery('old', 'a signature of 6 minutes ago', signedAt(-6 * MINUTE_MS)),
  forgery('early', 'a signature from 6 minutes ahead', signedAt(6 * MINUTE_MS)),
  forgery('no-timestamp', 'a signature without its timestamp', (body, key) => ({
    headers: without(signRequest(key, id(), Date.now(), body), 'webhook-timestamp'),
  })),
];
