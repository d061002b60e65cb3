import { generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import { client, isLocal, signed } from './target.ts';

const ROUTES = [
  ['GET', '/v1/agents'],
  ['GET', '/v1/agents/status'],
  ['GET', '/v1/conversations'],
  ['GET', '/v1/conversations/any'],
  ['POST', '/v1/agents/route'],
  ['POST', '/v1/agents/message'],
] as const;

const call = (as: typeof client, [method, path]: (typeof ROUTES)[number]) =>
  as.send(method, path, method === 'POST' ? '{"message":"Explain this"}' : undefined);

const expectRefused = async (authorization: string | undefined): Promise<void> => {
  for (const [method, path] of ROUTES) {
    const body = method === 'POST' ? '{"message":"Explain this"}' : undefined;
    const reply = await client.send(method, path, body, { headers: { authorization } });
    expect([path, reply.status, reply.body.code]).toEqual([path, 401, 'UNAUTHENTICATED']);
    expect(reply.headers.get('www-authenticate')).toMatch(/^Bearer/);
  }
};

describe('rejects with UNAUTHENTICATED', () => {
  test('no token', () => expectRefused(undefined));
  test.each(['Bearer', 'Bearer x', 'Bearer a.b.c', 'Basic YTpi', 'Bearer  ', `Bearer ${'x'.repeat(4000)}`])(
    'the token %#',
    (authorization) => expectRefused(authorization),
  );

  test('a token without signature', async () => {
    const token = new UnsecuredJWT({ scope: 'messages:write' }).setSubject('mallory').setExpirationTime('1h').encode();
    await expectRefused(`Bearer ${token}`);
  });

  test('a token that somebody else signed', async () => {
    const { privateKey } = await generateKeyPair('RS256');
    const token = await new SignJWT({ scope: 'messages:write', sub: 'mallory', aud: 'switchboard' })
      .setProtectedHeader({ alg: 'RS256', kid: 'mine' })
      .setExpirationTime('1h')
      .sign(privateKey);
    await expectRefused(`Bearer ${token}`);
  });

  test.skipIf(!isLocal)('an expired token', async () =>
    expectRefused(`Bearer ${await signed({ user: 'alice', expiresInSeconds: -60 })}`),
  );

  test.skipIf(!isLocal)('a token of another issuer', async () =>
    expectRefused(`Bearer ${await signed({ user: 'alice' }, { issuer: 'https://issuer.example.com' })}`),
  );

  test.skipIf(!isLocal)('a token for another audience', async () =>
    expectRefused(`Bearer ${await signed({ user: 'alice' }, { audience: 'somebody-else' })}`),
  );

  test.skipIf(!isLocal)('a token whose claims were changed', async () => {
    const [head = '', payload = '', signature = ''] = (await signed({ user: 'alice' })).split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
    const forged = Buffer.from(JSON.stringify({ ...claims, sub: 'bob' })).toString('base64url');
    await expectRefused(`Bearer ${head}.${forged}.${signature}`);
  });
});

describe.skipIf(!isLocal)('rejects with FORBIDDEN', () => {
  const NEEDED: Readonly<Record<string, string>> = {
    '/v1/agents': 'agents:read',
    '/v1/agents/status': 'agents:read',
    '/v1/conversations': 'messages:read',
    '/v1/conversations/any': 'messages:read',
    '/v1/agents/route': 'messages:write',
    '/v1/agents/message': 'messages:write',
  };

  test('a token without the scope, on every route, and names the scope', async () => {
    for (const route of ROUTES) {
      const needed = NEEDED[route[1]] ?? '';
      const scopes = [...new Set(Object.values(NEEDED))].filter((scope) => scope !== needed);
      const { status, body } = await call(client.as(await signed({ user: 'alice', scopes })), route);
      expect([route[1], status, body.code]).toEqual([route[1], 403, 'FORBIDDEN']);
      expect(body.detail).toContain(needed);
    }
  });

  test('a token without any scope, and one whose scope only looks like it', async () => {
    for (const scopes of [
      [],
      ['messages'],
      ['messages:writ'],
      ['xmessages:write'],
      ['messages:write:all'],
      ['https://elsewhere.example/messages:write'],
    ]) {
      const { status } = await client.as(await signed({ user: 'alice', scopes })).say('Explain this');
      expect([scopes, status]).toEqual([scopes, 403]);
    }
  });
});
