import * as z from 'zod';
import { makeTokenVerifier } from '../adapters/token-verifier.ts';
import { bearerOf, OidcSettings } from '../domain/access/claims.ts';
import { readEnvironment } from './shared/environment.ts';
import { instrumented } from './shared/middleware.ts';
import { log } from './shared/telemetry.ts';

const { OIDC: settings } = readEnvironment(
  z.object({
    OIDC: z
      .string()
      .transform((text): unknown => JSON.parse(text))
      .pipe(OidcSettings),
  }),
);
const verify = makeTokenVerifier(settings);

const AuthorizerEvent = z.object({ methodArn: z.string(), headers: z.record(z.string(), z.string()).nullable() });

/** API Gateway answers 401 for exactly this message. */
const unauthorized = () => new Error('Unauthorized');

const bearerToken = (headers: Readonly<Record<string, string>> | null): string => {
  const value = Object.entries(headers ?? {}).find(([name]) => name.toLowerCase() === 'authorization')?.[1];
  const token = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(value ?? '')?.[1];
  if (token === undefined) throw unauthorized();
  return token;
};

/** `arn:…:api-id/stage/*`: the result is cached for a token, so it must hold for every route. */
const wholeApi = (methodArn: string): string => `${methodArn.split('/').slice(0, 2).join('/')}/*`;

const policy = (effect: 'Allow' | 'Deny', resource: string) => ({
  Version: '2012-10-17',
  Statement: [{ Action: 'execute-api:Invoke', Effect: effect, Resource: resource }],
});

/** Lambda authorizer of type REQUEST: who calls, passed on to the routes; they check scope and expiry themselves. */
export const handler = instrumented().handler(async (event: unknown) => {
  const { methodArn, headers } = AuthorizerEvent.parse(event);
  const claims = await verify(bearerToken(headers));
  if (claims === null) throw unauthorized();
  const bearer = bearerOf(claims, settings);
  if (bearer.kind === 'refused') {
    log.warn('token refused', { reason: bearer.reason });
    return { principalId: 'refused', policyDocument: policy('Deny', wholeApi(methodArn)) };
  }
  const { tenant, userId, scopes } = bearer;
  return {
    principalId: userId,
    policyDocument: policy('Allow', wholeApi(methodArn)),
    context: { tenant, user_id: userId, scopes: scopes.join(' '), expires_at: String(claims.exp ?? 0) },
  };
});
