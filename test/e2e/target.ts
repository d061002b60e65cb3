import { decodeJwt, importJWK, SignJWT } from 'jose';
import { inject } from 'vitest';
import { readKey, signToken, type TokenRequest } from '../../lib/local/oidc.ts';
import { readRecord } from '../../lib/local/process/data-folder.ts';
import { makeClient } from './client.ts';
import { type Control, controlOf } from './control.ts';
import type { Target } from './global-setup.ts';

const target: Target = inject('target');

/** Whether tokens can be made and control routes be called. */
export const isLocal = target.dataDir !== null;
export const hasOtherUser = target.otherToken !== null;

/** The API as the target's user; what the tests of one file leave behind does not disturb another's. */
export const client = makeClient(target.url, target.token);
export const otherClient = client.as(target.otherToken);

/** @throws Error for a deployed stack: tests that need it are skipped there */
export const control = (): Control => {
  if (!isLocal) throw new Error('a deployed stack has no control routes');
  return controlOf(target.url);
};

const localKey = () => {
  const key = target.dataDir === null ? undefined : readKey(target.dataDir);
  const record = target.dataDir === null ? undefined : readRecord(target.dataDir);
  if (key === undefined || record === undefined) throw new Error('only the local cloud lets tests sign tokens');
  return { key, issuer: record.issuer };
};

/** A token of the local cloud's key, by default just as its issuer makes them. */
export const signed = async (
  request: TokenRequest,
  { issuer, audience }: { readonly issuer?: string; readonly audience?: string } = {},
): Promise<string> => {
  const own = localKey();
  const token = await signToken(own.key, issuer ?? own.issuer, request, Date.now());
  if (audience === undefined) return token;
  return new SignJWT({ ...decodeJwt(token), aud: audience })
    .setProtectedHeader({ alg: 'RS256', ...(own.key.kid === undefined ? {} : { kid: own.key.kid }) })
    .sign(await importJWK(own.key, 'RS256'));
};
