import { describe, expect, it } from 'vitest';
import { requestHeaders } from '../../../functions/adapters/agents/request-headers.ts';
import { verifySignature } from '../../../functions/agents/kit/verify-signature.ts';

/** The example that the libraries of Standard Webhooks are tested with. */
const EXAMPLE = {
  key: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  seconds: 1614265330,
  body: '{"test": 2432232314}',
  signature: 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
};
const { key, id, body, signature } = EXAMPLE;
const NOW_MS = EXAMPLE.seconds * 1000;
const HEADERS = {
  'webhook-id': id,
  'webhook-timestamp': String(EXAMPLE.seconds),
  'webhook-signature': signature,
};
const OTHER_KEY = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
const check = (
  headers: Record<string, string | string[] | undefined>,
  text: string | Uint8Array = body,
  keys = [key],
) => verifySignature({ headers, body: text }, keys, NOW_MS);

describe('a signed request', () => {
  it('is signed as the published example says', () => {
    expect(requestHeaders({ id, body, secret: { signing_key: key }, nowMs: NOW_MS + 999 })).toMatchObject(HEADERS);
  });

  it('is genuine by its text and its bytes, in any case of names, by any key and any of its signatures', async () => {
    const genuine = { kind: 'genuine', id };
    expect(await check(HEADERS)).toEqual(genuine);
    expect(await check(HEADERS, Buffer.from(body))).toEqual(genuine);
    expect(
      await check({ 'Webhook-Id': id, 'WEBHOOK-TIMESTAMP': String(EXAMPLE.seconds), 'Webhook-Signature': signature }),
    ).toEqual(genuine);
    expect(await check(HEADERS, body, [OTHER_KEY, key])).toEqual(genuine);
    expect(await check({ ...HEADERS, 'webhook-signature': `v1a,xx v1,AAAA ${signature}` })).toEqual(genuine);
  });

  it.each([
    ['another body', HEADERS, '{"test": 2432232315}', 'no signature fits'],
    ['another id', { ...HEADERS, 'webhook-id': 'msg_x' }, body, 'no signature fits'],
    ['another time', { ...HEADERS, 'webhook-timestamp': String(EXAMPLE.seconds + 1) }, body, 'no signature fits'],
    ['a signature cut short', { ...HEADERS, 'webhook-signature': signature.slice(0, -6) }, body, 'no signature fits'],
    ['no signature in it', { ...HEADERS, 'webhook-signature': 'v1,' }, body, 'no signature fits'],
    ['another version', { ...HEADERS, 'webhook-signature': signature.replace('v1', 'v2') }, body, 'no signature fits'],
    [
      'too many signatures',
      { ...HEADERS, 'webhook-signature': `${'v1,AAAA '.repeat(10)}${signature}` },
      body,
      'no signature fits',
    ],
    ['no header', { ...HEADERS, 'webhook-signature': undefined }, body, 'a webhook header is missing or malformed'],
    ['a header twice', { ...HEADERS, 'webhook-id': [id, id] }, body, 'a webhook header is missing or malformed'],
    ['no number', { ...HEADERS, 'webhook-timestamp': '1e9' }, body, 'a webhook header is missing or malformed'],
    ['an old time', { ...HEADERS, 'webhook-timestamp': String(EXAMPLE.seconds - 301) }, body, 'the time is not near'],
    [
      'a time to come',
      { ...HEADERS, 'webhook-timestamp': String(EXAMPLE.seconds + 301) },
      body,
      'the time is not near',
    ],
  ])('rejects one with %s', async (_, headers, text, reason) => {
    expect(await check(headers, text)).toEqual({ kind: 'refused', reason });
  });

  it('rejects every request without a key, and a key that is none', async () => {
    expect(await check(HEADERS, body, [])).toMatchObject({ kind: 'refused' });
    expect(await check(HEADERS, body, [OTHER_KEY])).toMatchObject({ kind: 'refused' });
    await expect(check(HEADERS, body, ['secret'])).rejects.toThrow(RangeError);
  });
});
