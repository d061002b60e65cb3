import { JwtVerifier } from 'aws-jwt-verify';
import { CognitoJwtInvalidClientIdError, JwtBaseError } from 'aws-jwt-verify/error';
import { SimpleJwksCache } from 'aws-jwt-verify/jwk';
import type { JwtPayload } from 'aws-jwt-verify/jwt-model';
import * as z from 'zod';
import type { OidcSettings } from '../domain/access/claims.ts';

/** The longest that one look-up at the issuer may take. */
const ISSUER_TIMEOUT_MS = 3_000;

const Discovery = z.object({ jwks_uri: z.url() });

const fetchBytes = async (uri: string): Promise<ArrayBuffer> => {
  const response = await fetch(uri, { redirect: 'error', signal: AbortSignal.timeout(ISSUER_TIMEOUT_MS) });
  if (!response.ok) throw new Error(`${uri} answered ${response.status}`);
  return response.arrayBuffer();
};

const discoverJwksUri = async (issuer: string): Promise<string> => {
  const bytes = await fetchBytes(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
  return Discovery.parse(JSON.parse(Buffer.from(bytes).toString('utf8'))).jwks_uri;
};

/**
 * Verifies bearer tokens: signature by the issuer's keys, issuer, expiry, and the audience (or, for Cognito, the client).
 *
 * @returns the claims; null for a token that is not valid
 * @throws Error when the issuer's keys cannot be read
 */
export const makeTokenVerifier = (settings: OidcSettings): ((token: string) => Promise<JwtPayload | null>) => {
  const { cognito } = settings;
  const build = async () => {
    const verifier = JwtVerifier.create(
      {
        issuer: settings.issuer,
        audience: cognito === undefined ? settings.audience : null,
        jwksUri: settings.jwksUri ?? (await discoverJwksUri(settings.issuer)),
        customJwtCheck: ({ payload }) => {
          if (cognito === undefined) return;
          if (payload.token_use !== 'access' || !cognito.clientIds.includes(String(payload.client_id)))
            throw new CognitoJwtInvalidClientIdError(
              'not an access token of a known client',
              payload.client_id,
              cognito.clientIds,
            );
        },
      },
      { jwksCache: new SimpleJwksCache({ fetcher: { fetch: fetchBytes } }) },
    );
    return verifier;
  };
  let verifier: ReturnType<typeof build> | undefined;

  return async (token) => {
    verifier ??= build().catch((cause: unknown) => {
      verifier = undefined;
      throw cause;
    });
    const ready = await verifier;
    try {
      return await ready.verify(token);
    } catch (error) {
      if (error instanceof JwtBaseError) return null;
      throw error;
    }
  };
};
