import { createHmac } from 'node:crypto';

const PREFIX = 'whsec_';

/** The bytes, 24 to 64, of a key written `whsec_<base64>`; undefined if it is none. */
export const signingKeyBytes = (key: string): Buffer | undefined => {
  const encoded = key.slice(PREFIX.length);
  if (!key.startsWith(PREFIX) || !/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) return undefined;
  const bytes = Buffer.from(encoded, 'base64');
  return bytes.length >= 24 && bytes.length <= 64 ? bytes : undefined;
};

/**
 * Headers that sign a body.
 * @param key bytes of the key; `atMs` ms since the epoch
 * @see Standard Webhooks: HMAC-SHA256 of `id.timestamp.body`
 */
export const signRequest = (key: Buffer, id: string, atMs: number, body: string): Record<string, string> => {
  const timestamp = String(Math.floor(atMs / 1000));
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
};
