import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRemoteJWKSet, errors, jwtVerify } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ALL_SCOPES, AUDIENCE, createKey, issuerAt, oidcRoutes, openKey, signToken } from '../../../lib/local/oidc.ts';

const folder = mkdtempSync(join(tmpdir(), 'oidc-'));
const server = createServer();
let issuer = '';
let key: Awaited<ReturnType<typeof openKey>>;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  issuer = issuerAt((server.address() as AddressInfo).port);
  key = await openKey(folder);
  const documents = oidcRoutes(issuer, key);
  server.on('request', (request, response) => {
    if (!documents(request, response)) response.writeHead(404).end();
  });
});

afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

const verify = async (token: string) => {
  const discovery = (await (await fetch(`${issuer}/.well-known/openid-configuration`)).json()) as { jwks_uri: string };
  return jwtVerify(token, createRemoteJWKSet(new URL(discovery.jwks_uri)), { issuer, audience: AUDIENCE });
};

test('a token verifies against the key that the issuer publishes and carries who, what and how long', async () => {
  const nowMs = Date.now();
  const token = await signToken(key, issuer, { user: 'alice', tenant: 'acme' }, nowMs);
  const { payload } = await verify(token);
  const iat = Math.floor(nowMs / 1000);
  expect(payload).toMatchObject({ sub: 'alice', tenant: 'acme', token_use: 'access', iat, exp: iat + 86_400 });
  expect(payload.scope).toBe(ALL_SCOPES.join(' '));
});

test('scopes and lifetime are as asked, and the tenant is the default', async () => {
  const token = await signToken(
    key,
    issuer,
    { user: 'bob', scopes: ['agents:read'], expiresInSeconds: 60 },
    Date.now(),
  );
  const { payload } = await verify(token);
  expect(payload.scope).toBe('agents:read');
  expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(60);
  expect(payload.tenant).toBe('default');
});

test('rejects a token of another key and one that is over', async () => {
  const foreign = await signToken(
    { ...(await createKey()), ...(key.kid && { kid: key.kid }) },
    issuer,
    { user: 'eve' },
    Date.now(),
  );
  await expect(verify(foreign)).rejects.toThrow(errors.JWSSignatureVerificationFailed);
  const over = await signToken(key, issuer, { user: 'alice', expiresInSeconds: -1 }, Date.now());
  await expect(verify(over)).rejects.toThrow(errors.JWTExpired);
});

test('the published key holds nothing private, and the stored one is for its owner only', async () => {
  const { keys } = (await (await fetch(`${issuer}/jwks.json`)).json()) as { keys: Record<string, unknown>[] };
  expect(Object.keys(keys[0] ?? {}).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
  expect(statSync(join(folder, 'oidc-key.json')).mode & 0o777).toBe(0o600);
});

test('the key stays the same when the folder is opened again', async () => {
  expect(await openKey(folder)).toEqual(key);
});
