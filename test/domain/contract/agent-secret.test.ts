import { describe, expect, it } from 'vitest';
import { AgentSecret } from '../../../functions/domain/contract/agent-secret.ts';

const keyOf = (bytes: number) => `whsec_${Buffer.alloc(bytes, 7).toString('base64')}`;

describe("an agent's secret", () => {
  it('holds a token, headers and a key, each alone or together', () => {
    for (const secret of [
      { bearer: 'abc' },
      { headers: { 'x-api-key': 'a b' } },
      { signing_key: keyOf(24) },
      { signing_key: keyOf(64), bearer: 'abc', headers: { 'x-a': '1', cookie: 'a=b' } },
      { headers: { authorization: 'Basic eDp5' } },
    ])
      expect(AgentSecret.parse(secret)).toEqual(secret);
    expect(AgentSecret.parse({ headers: { 'X-API-Key': '1' } })).toEqual({ headers: { 'x-api-key': '1' } });
  });

  it.each([
    [{}],
    [{ barer: 'typo' }],
    [{ bearer: 'a b' }],
    [{ bearer: 'a\r\nx: y' }],
    [{ bearer: 'a', headers: { Authorization: 'Basic x' } }],
    [{ headers: { 'x-a': 'b\nc' } }],
    [{ headers: { 'x-a': 'ü' } }],
    [{ headers: { 'x-a': '' } }],
    [{ headers: { 'x a': 'b' } }],
    [{ headers: { 'x:a': 'b' } }],
    [{ headers: Object.fromEntries(Array.from({ length: 21 }, (_, index) => [`x-${index}`, '1'])) }],
    [{ signing_key: 'whsec_' }],
    [{ signing_key: keyOf(23) }],
    [{ signing_key: keyOf(65) }],
    [{ signing_key: keyOf(24).slice('whsec_'.length) }],
    [{ signing_key: `${keyOf(24)}!` }],
    ['text'],
  ])('rejects %j', (secret) => {
    expect(AgentSecret.safeParse(secret).success).toBe(false);
  });

  it.each([
    ...['Host', 'connection', 'Content-Length', 'content-type', 'transfer-encoding', 'Webhook-Id', 'accept', 'TE'],
    ...['expect', 'upgrade', 'Keep-Alive', 'proxy-authorization', 'user-agent', 'trailer'],
  ])('rejects the header %s', (name) => {
    expect(AgentSecret.safeParse({ headers: { [name]: '1' } }).success).toBe(false);
  });
});
