import { createHmac } from 'node:crypto';
import type { AgentSecret } from '../../domain/contract/agent-secret.ts';

export interface OutgoingRequest {
  /** A turn's id, or one that starts with `health_`. */
  readonly id: string;
  /** Empty for a GET. */
  readonly body: string;
  /** Absent where no credentials belong. */
  readonly secret?: AgentSecret | undefined;
  readonly nowMs: number;
}

const KEY_PREFIX = 'whsec_';

/** @see Standard Webhooks, "Signature scheme": HMAC-SHA256 of id, time and body, over the bytes as they are sent */
const signature = (signingKey: string, id: string, seconds: number, body: string): string => {
  const key = Buffer.from(signingKey.slice(KEY_PREFIX.length), 'base64');
  return `v1,${createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64')}`;
};

/** What every request to an agent's endpoint carries, with credentials and a signature where there is a secret. */
export const requestHeaders = ({ id, body, secret = {}, nowMs }: OutgoingRequest): Record<string, string> => {
  const seconds = Math.floor(nowMs / 1000);
  return {
    ...secret.headers,
    ...(secret.bearer === undefined ? {} : { authorization: `Bearer ${secret.bearer}` }),
    ...(body === '' ? {} : { 'content-type': 'application/json' }),
    accept: 'application/json',
    'accept-encoding': 'identity',
    'user-agent': 'switchboard',
    ...(secret.signing_key === undefined
      ? {}
      : {
          'webhook-id': id,
          'webhook-timestamp': String(seconds),
          'webhook-signature': signature(secret.signing_key, id, seconds, body),
        }),
  };
};
