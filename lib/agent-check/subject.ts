import { randomBytes } from 'node:crypto';
import { makeHttpTarget } from './http-target.ts';
import { makeLambdaTarget } from './lambda-target.ts';
import type { CheckOptions } from './options.ts';
import { sampleRequest, type WireRequest } from './sample-requests.ts';
import { signRequest } from './sign-request.ts';
import type { Reply, Target } from './target.ts';

/** Switchboard's limit for one health check. */
const HEALTH_TIMEOUT_MS = 5_000;
const HEALTH_CHECK = { message_type: 'health_check' };

/** What differs from an ordinary request. */
export interface Unusual {
  readonly method?: string;
  readonly contentType?: string;
  readonly accept?: string;
  readonly timeoutMs?: number;
  /** Signed as `webhook-id`. @default - one of its own */
  readonly id?: string;
  /** Instead of credentials and signature. */
  readonly authentication?: Readonly<Record<string, string>>;
}

/** The agent that is checked, and what it has said so far. */
export interface Subject {
  readonly options: CheckOptions;
  readonly endpoint: Target;
  readonly health: Target;
  /** Every reply to this subject's requests, in order. */
  readonly replies: readonly Reply[];
  /** Sends any text to the endpoint. */
  readonly sendText: (body: string, unusual?: Unusual) => Promise<Reply>;
  /** Sends a request of the contract for the subject's role; `changes` replaces top-level fields. */
  readonly ask: (changes?: Partial<WireRequest>, unusual?: Unusual) => Promise<Reply>;
  /** Whether health checks get credentials and a signature, too. */
  readonly isHealthOnHost: boolean;
  /** Sends a health check; `extra` fields only travel where it is a POST. */
  readonly checkHealth: (extra?: Record<string, unknown>, unusual?: Pick<Unusual, 'authentication'>) => Promise<Reply>;
  readonly credentials: Readonly<Record<string, string>>;
  /** Headers that sign `body` now; none without a signing key. */
  readonly signature: (body: string) => Record<string, string>;
}

const targetAt = (address: string, endpointUrl: string | undefined): Target =>
  address.startsWith('arn:') ? makeLambdaTarget(address, endpointUrl) : makeHttpTarget(address);

const hostOf = ({ kind, address }: Target): string => (kind === 'lambda' ? address : new URL(address).hostname);

/** The subject at an address. Health checks on another host get neither credentials nor a signature, as from Switchboard. */
export const makeSubject = (options: CheckOptions): Subject => {
  const { signingKey, credentials, role, timeoutMs } = options;
  const endpoint = targetAt(options.address, options.endpointUrl);
  const health = options.healthAddress === undefined ? endpoint : targetAt(options.healthAddress, options.endpointUrl);
  const replies: Reply[] = [];

  const signature = (body: string, id = `check_${randomBytes(8).toString('hex')}`) =>
    signingKey === undefined ? {} : signRequest(signingKey, id, Date.now(), body);

  const send = async (target: Target, body: string, unusual: Unusual = {}): Promise<Reply> => {
    const isOwnHost = hostOf(target) === hostOf(endpoint);
    const reply = await target.send({
      method: unusual.method ?? 'POST',
      headers: {
        ...(unusual.method === 'GET' ? {} : { 'content-type': unusual.contentType ?? 'application/json' }),
        accept: unusual.accept ?? 'application/json',
        'accept-encoding': 'identity',
        'user-agent': 'switchboard-agent-check',
        ...(unusual.authentication ?? (isOwnHost ? { ...credentials, ...signature(body, unusual.id) } : {})),
      },
      body,
      timeoutMs: unusual.timeoutMs ?? timeoutMs,
    });
    replies.push(reply);
    return reply;
  };

  const sendText = (body: string, unusual?: Unusual) => send(endpoint, body, unusual);
  return {
    options,
    endpoint,
    health,
    replies,
    credentials,
    signature,
    sendText,
    ask: (changes, unusual) => {
      const request = sampleRequest(role, timeoutMs, changes);
      return sendText(JSON.stringify(request), { id: request.agent_metadata.turn_id, ...unusual });
    },
    isHealthOnHost: hostOf(health) === hostOf(endpoint),
    checkHealth: (extra = {}, unusual = {}) =>
      health === endpoint || health.kind === 'lambda'
        ? send(health, JSON.stringify({ ...HEALTH_CHECK, ...extra }), { timeoutMs: HEALTH_TIMEOUT_MS, ...unusual })
        : send(health, '', { method: 'GET', timeoutMs: HEALTH_TIMEOUT_MS, ...unusual }),
  };
};
