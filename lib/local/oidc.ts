import { chmodSync, existsSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose';
import { damaged, readJson, writeJson } from './process/data-folder.ts';

/** Where the issuer lives on the front door. */
const OIDC_PATH = '/_local/oidc';
/** `aud` of every token. */
export const AUDIENCE = 'switchboard';
/** Every scope of the wire API. */
export const ALL_SCOPES = [
  'messages:read',
  'messages:write',
  'agents:read',
  'agents:write',
  'ops',
  'platform',
  'workflows:read',
  'workflows:write',
] as const;
const DAY_SECONDS = 24 * 60 * 60;

export const issuerAt = (port: number): string => `http://127.0.0.1:${port}${OIDC_PATH}`;

export interface TokenRequest {
  /** Becomes `sub`. */
  readonly user: string;
  /** @default default */
  readonly tenant?: string;
  /** @default - all scopes */
  readonly scopes?: readonly string[];
  /** Lifetime; negative for a token that is over. @default 86,400 */
  readonly expiresInSeconds?: number;
}

/** Signs an access token at `nowMs` (milliseconds since the epoch). */
export const signToken = async (
  key: JWK,
  issuer: string,
  { user, tenant = 'default', scopes = ALL_SCOPES, expiresInSeconds = DAY_SECONDS }: TokenRequest,
  nowMs: number,
): Promise<string> => {
  const issuedAt = Math.floor(nowMs / 1000);
  const claims = {
    tenant,
    scope: scopes.join(' '),
    client_id: 'switchboard-local',
    token_use: 'access',
  };
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT', ...(key.kid === undefined ? {} : { kid: key.kid }) })
    .setIssuer(issuer)
    .setAudience(AUDIENCE)
    .setSubject(user)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + expiresInSeconds)
    .sign(await importJWK(key, 'RS256'));
};

/** A new private key for RS256. */
export const createKey = async (): Promise<JWK> => {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const jwk = await exportJWK(privateKey);
  return { ...jwk, kid: await calculateJwkThumbprint(jwk), alg: 'RS256', use: 'sig' };
};

/**
 * The private key in a data folder; undefined if it has none yet.
 * @throws StartError if it is damaged
 */
export const readKey = (folder: string): JWK | undefined => {
  if (!existsSync(join(folder, 'oidc-key.json'))) return undefined;
  const key = readJson(folder, 'oidc-key.json');
  if (typeof key !== 'object' || key === null || !('kty' in key) || key.kty !== 'RSA' || !('d' in key))
    throw damaged(folder, 'oidc-key.json holds no private RSA key');
  return key as JWK;
};

/** Reads the folder's key, or makes one and stores it readable for the owner only. */
export const openKey = async (folder: string): Promise<JWK> => {
  const stored = readKey(folder);
  if (stored !== undefined) return stored;
  const key = await createKey();
  writeJson(join(folder, 'oidc-key.json'), key, 0o600);
  chmodSync(join(folder, 'oidc-key.json'), 0o600);
  return key;
};

/** Answers the issuer's two documents; false if the path is neither. */
export const oidcRoutes = (issuer: string, key: JWK) => {
  const { kty, n, e, kid, alg, use } = key;
  const documents = new Map<string, unknown>([
    [
      `${OIDC_PATH}/.well-known/openid-configuration`,
      {
        issuer,
        jwks_uri: `${issuer}/jwks.json`,
        id_token_signing_alg_values_supported: ['RS256'],
        subject_types_supported: ['public'],
        response_types_supported: ['token'],
        scopes_supported: ALL_SCOPES,
      },
    ],
    [`${OIDC_PATH}/jwks.json`, { keys: [{ kty, n, e, kid, alg, use }] }],
  ]);
  return (request: IncomingMessage, response: ServerResponse): boolean => {
    const document = documents.get((request.url ?? '').split('?')[0] ?? '');
    if (document === undefined || (request.method !== 'GET' && request.method !== 'HEAD')) return false;
    response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'max-age=60' });
    response.end(request.method === 'HEAD' ? undefined : JSON.stringify(document));
    return true;
  };
};
