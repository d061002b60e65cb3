import { createHmac } from 'node:crypto';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeTokenVerifier } from '../../functions/adapters/token-verifier.ts';
import { OidcSettings } from '../../functions/domain/access/claims.ts';
import { type StagedServer, startServer } from '../contracts/staged-server.ts';

const KID = 'key-1';
type Keys = Awaited<ReturnType<typeof generateKeyPair>>;

let keys: Keys;
let strangers: Keys;
let issuer: StagedServer;
let down = false;
let fetched: string[] = [];

beforeAll(async () => {
  [keys, strangers] = await Promise.all([generateKeyPair('RS256'), generateKeyPair('RS256')]);
  const jwk = { ...(await exportJWK(keys.publicKey)), kid: KID, alg: 'RS256', use: 'sig' };
  issuer = await startServer((request, response) => {
    fetched.push(request.url ?? '');
    if (down) response.writeHead(500).end();
    else if (request.url === '/.well-known/openid-configuration')
      response.end(JSON.stringify({ issuer: issuer.url, jwks_uri: `${issuer.url}/keys` }));
    else if (request.url === '/moved') response.writeHead(302, { location: '/keys' }).end();
    else response.end(JSON.stringify({ keys: [jwk] }));
  });
});
afterAll(() => issuer.stop());

const settings = (changes: Record<string, unknown> = {}) =>
  OidcSettings.parse({
    issuer: issuer.url,
    audience: 'switchboard',
    claims: { userId: 'sub', tenant: 'tenant', scopes: 'scope' },
    multiTenant: false,
    ...changes,
  });

interface TokenParts {
  readonly claims?: Record<string, unknown>;
  readonly kid?: string;
  readonly key?: Keys['privateKey'];
}
const token = ({ claims = {}, kid = KID, key = keys.privateKey }: TokenParts = {}): Promise<string> => {
  const now = Math.floor(Date.now() / 1000);
  const all = { iss: issuer.url, aud: 'switchboard', sub: 'alice', iat: now, exp: now + 60, ...claims };
  return new SignJWT(all).setProtectedHeader({ alg: 'RS256', kid }).sign(key);
};

const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const forged = (header: object, sign: (input: string) => string): string => {
  const claims = { iss: issuer.url, aud: 'switchboard', sub: 'mallory', exp: Math.floor(Date.now() / 1000) + 60 };
  const input = `${encoded(header)}.${encoded(claims)}`;
  return `${input}.${sign(input)}`;
};

describe('a token', () => {
  it('of the issuer is valid, and its keys are fetched once', async () => {
    fetched = [];
    const verify = makeTokenVerifier(settings());
    expect(await verify(await token())).toMatchObject({ sub: 'alice', iss: issuer.url });
    await verify(await token());
    expect(fetched).toEqual(['/.well-known/openid-configuration', '/keys']);
  });

  it('may name several audiences', async () => {
    const verify = makeTokenVerifier(settings());
    expect(await verify(await token({ claims: { aud: ['other', 'switchboard'] } }))).toMatchObject({ sub: 'alice' });
  });

  it('is checked with the keys that the settings name', async () => {
    fetched = [];
    const verify = makeTokenVerifier(settings({ jwksUri: `${issuer.url}/other-keys` }));
    expect(await verify(await token())).not.toBeNull();
    expect(fetched).toEqual(['/other-keys']);
  });

  const past = Math.floor(Date.now() / 1000) - 10;
  it.each<[string, () => Promise<string> | string]>([
    ['another issuer', () => token({ claims: { iss: 'https://evil.example' } })],
    ['another audience', () => token({ claims: { aud: 'other' } })],
    ['no audience', () => token({ claims: { aud: undefined } })],
    ['a time that is over', () => token({ claims: { exp: past } })],
    ['a time that has not begun', () => token({ claims: { nbf: past + 600 } })],
    ["a stranger's signature", () => token({ key: strangers.privateKey })],
    ['an unknown key', () => token({ kid: 'key-2' })],
    ['no signature: alg none', () => forged({ alg: 'none', kid: KID }, () => '')],
    ['alg none and a signature', () => forged({ alg: 'none', kid: KID }, () => 'AAAA')],
    [
      'the public key as HMAC secret',
      async () => {
        const secret = await exportSPKI(keys.publicKey);
        return forged({ alg: 'HS256', kid: KID }, (input) =>
          createHmac('sha256', secret).update(input).digest('base64url'),
        );
      },
    ],
    ['claims that were changed', async () => (await token()).replace(/\.[^.]+\./, `.${encoded({ sub: 'mallory' })}.`)],
    ['no form of one', () => 'a.b.c'],
    ['nothing in it', () => ''],
  ])('rejects one with %s', async (_, make) => {
    expect(await makeTokenVerifier(settings())(await make())).toBeNull();
  });
});

describe('a token of Cognito', () => {
  const cognito = { userPoolId: 'eu_1', clientIds: ['client-1', 'client-2'], resourceServer: 'switchboard' };
  const verifyCognito = async (claims: Record<string, unknown>) =>
    makeTokenVerifier(settings({ cognito }))(await token({ claims: { aud: undefined, ...claims } }));

  it('names a client in place of an audience', async () => {
    expect(await verifyCognito({ token_use: 'access', client_id: 'client-2' })).toMatchObject({ sub: 'alice' });
  });

  it.each([
    ['another client', { token_use: 'access', client_id: 'client-3' }],
    ['no client', { token_use: 'access' }],
    ['an id token', { token_use: 'id', client_id: 'client-1', aud: 'client-1' }],
  ])('rejects one with %s', async (_, claims) => {
    expect(await verifyCognito(claims)).toBeNull();
  });
});

describe('an issuer that cannot be asked', () => {
  it('rejects every call, and is asked again by the next', async () => {
    const verify = makeTokenVerifier(settings());
    down = true;
    await expect(verify(await token())).rejects.toThrow();
    down = false;
    expect(await verify(await token())).toMatchObject({ sub: 'alice' });
  });

  it('is not followed elsewhere', async () => {
    await expect(makeTokenVerifier(settings({ jwksUri: `${issuer.url}/moved` }))(await token())).rejects.toThrow();
  });
});
