/** A request as an agent's server got it. */
export interface SignedRequest {
  /** Names in any case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** As it arrived, before any parsing. */
  readonly body: string | Uint8Array;
}

export type SignatureCheck =
  /** `id`: the turn's, or one that starts with `health_`. */
  | { readonly kind: 'genuine'; readonly id: string }
  | {
      readonly kind: 'refused';
      readonly reason: 'a webhook header is missing or malformed' | 'the time is not near' | 'no signature fits';
    };

const TOLERANCE_SECONDS = 5 * 60;
const MAX_SIGNATURES = 10;
const KEY = /^whsec_([A-Za-z0-9+/]{4,}={0,2})$/;

const importKey = async (key: string) => {
  const [, encoded] = KEY.exec(key) ?? [];
  if (encoded === undefined) throw new RangeError('a signing key must be whsec_ and base64');
  return crypto.subtle.importKey('raw', Buffer.from(encoded, 'base64'), { name: 'HMAC', hash: 'SHA-256' }, false, [
    'verify',
  ]);
};

/** The signatures of the scheme's version 1; others are of versions to come. */
const signaturesIn = (header: string) =>
  header
    .split(' ', MAX_SIGNATURES)
    .filter((part) => part.startsWith('v1,'))
    .map((part) => Buffer.from(part.slice('v1,'.length), 'base64'));

/**
 * Checks that a request comes from Switchboard, in constant time, and that it was sent within 5 minutes of now. While a
 * key is being changed, `keys` holds the old one and the new one. A request that was caught and sent again passes for
 * these minutes: an agent whose work must not be done twice remembers `id`.
 *
 * @param keys each as in the secret's `signing_key`: `whsec_` and base64
 * @param nowMs milliseconds since the epoch
 * @throws RangeError if a key is malformed
 * @see Standard Webhooks, "Signature scheme"
 */
export const verifySignature = async (
  { headers, body }: SignedRequest,
  keys: readonly string[],
  nowMs: number = Date.now(),
): Promise<SignatureCheck> => {
  const imported = await Promise.all(keys.map(importKey));
  const byName = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  const [id, time, signature] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) =>
    byName.get(name),
  );
  const isWhole = typeof id === 'string' && typeof time === 'string' && typeof signature === 'string';
  if (!isWhole || id === '' || !/^\d{1,12}$/.test(time))
    return { kind: 'refused', reason: 'a webhook header is missing or malformed' };
  if (Math.abs(nowMs / 1000 - Number(time)) > TOLERANCE_SECONDS)
    return { kind: 'refused', reason: 'the time is not near' };
  const signed = Buffer.concat([Buffer.from(`${id}.${time}.`), typeof body === 'string' ? Buffer.from(body) : body]);
  for (const key of imported)
    for (const candidate of signaturesIn(signature))
      if (await crypto.subtle.verify('HMAC', key, candidate, signed)) return { kind: 'genuine', id };
  return { kind: 'refused', reason: 'no signature fits' };
};
