import type { MayInvoke } from '../iam/lambda-permissions.ts';
import type { CloudClock, FunctionHost, Resource } from '../types.ts';
import type { Api } from './api.ts';
import type { ApiRequest } from './api-request.ts';
import { within } from './deadline.ts';
import { GatewayFailure } from './gateway-responses.ts';
import { evaluatePolicy } from './policy.ts';
import { type AuthorizerContext, authorizerEvent, methodArn } from './proxy-event.ts';
import type { Match } from './routes.ts';

/** A Lambda authorizer of the template. */
export interface Authorizer {
  readonly id: string;
  readonly type: 'REQUEST' | 'TOKEN';
  readonly functionArn: string;
  /** Results are kept this long, by identity source; 0: not at all. */
  readonly ttlMs: number;
  readonly identitySources: readonly { readonly kind: 'header' | 'querystring'; readonly name: string }[];
  /** What a token must match to be worth a call. */
  readonly tokenPattern: RegExp | undefined;
}

/** What the function said: a policy, which is evaluated for each request, and a context. */
interface Verdict {
  readonly policy: unknown;
  readonly context: AuthorizerContext;
}

const DEFAULT_TTL_SECONDS = 300;
/** API Gateway's limit for an authorizer. */
const TIMEOUT_MS = 30_000;
const MAX_CACHED = 10_000;

/** @throws Error if its kind or an identity source is not emulated */
export const readAuthorizer = ({ logicalId, properties }: Resource): Authorizer => {
  const { Type: type, AuthorizerUri, AuthorizerResultTtlInSeconds: ttlSeconds = DEFAULT_TTL_SECONDS } = properties;
  if (type !== 'REQUEST' && type !== 'TOKEN')
    throw new Error(`${logicalId}: ${String(type)} authorizers are not emulated`);
  const [, functionArn] =
    /:lambda:path\/\d{4}-\d\d-\d\d\/functions\/(.+)\/invocations$/.exec(String(AuthorizerUri)) ?? [];
  if (functionArn === undefined) throw new Error(`${logicalId}: the authorizer's URI names no Lambda function`);
  const sources = properties.IdentitySource === undefined ? [] : String(properties.IdentitySource).split(',');
  const { IdentityValidationExpression: pattern } = properties;
  return {
    id: logicalId,
    type,
    functionArn,
    ttlMs: Number(ttlSeconds) * 1000,
    identitySources: sources.map((source) => {
      const [, kind, name] = /^method\.request\.(header|querystring)\.(.+)$/.exec(source.trim()) ?? [];
      if (name === undefined) throw new Error(`${logicalId}: the identity source ${source} is not emulated`);
      return { kind: kind === 'header' ? 'header' : 'querystring', name };
    }),
    tokenPattern: pattern === undefined ? undefined : new RegExp(`^(?:${String(pattern)})$`),
  };
};

interface AuthorizerDependencies {
  readonly host: Pick<FunctionHost, 'invoke'>;
  readonly mayInvoke: MayInvoke;
  readonly clock: Pick<CloudClock, 'now'>;
}

/**
 * Makes what decides whether a request may call its method, and says who calls. Results are kept as the template says;
 * equal requests that come while one is being decided share its call.
 * @returns a function that throws GatewayFailure UNAUTHORIZED, ACCESS_DENIED, AUTHORIZER_FAILURE or
 *   AUTHORIZER_CONFIGURATION_ERROR
 */
export const makeAuthorize = (api: Api, dependencies: AuthorizerDependencies) => {
  const { clock } = dependencies;
  const cache = new Map<string, { readonly expiresMs: number; readonly verdict: Promise<Verdict> }>();

  const decide = (authorizer: Authorizer, request: ApiRequest, match: Match, identity: string): Promise<Verdict> => {
    if (authorizer.ttlMs === 0) return ask(api, dependencies, authorizer, request, match);
    const key = JSON.stringify([authorizer.id, identity]);
    const cached = cache.get(key);
    if (cached !== undefined && clock.now() < cached.expiresMs) return cached.verdict;
    if (cache.size >= MAX_CACHED) cache.clear();
    const verdict = ask(api, dependencies, authorizer, request, match);
    const entry = { expiresMs: clock.now() + authorizer.ttlMs, verdict };
    cache.set(key, entry);
    // Failures are not kept.
    verdict.catch(() => cache.get(key) === entry && cache.delete(key));
    return verdict;
  };

  return async (request: ApiRequest, match: Match): Promise<AuthorizerContext | undefined> => {
    const { authorizer } = match.route;
    if (authorizer === undefined) return undefined;
    const { policy, context } = await decide(authorizer, request, match, identityOf(authorizer, request));
    const verdict = evaluatePolicy(policy, methodArn(api, request.method, request.path));
    if (verdict === 'allow') return context;
    if (verdict === undefined) throw misconfigured('the authorizer returned no valid policy');
    const explicit = verdict === 'explicit-deny' ? ' with an explicit deny' : '';
    throw new GatewayFailure('ACCESS_DENIED', { message: `User is not authorized to access this resource${explicit}` });
  };
};

/** @throws GatewayFailure UNAUTHORIZED if a source is missing: the function is not even asked */
const identityOf = (authorizer: Authorizer, { headers, query }: ApiRequest): string => {
  const values = authorizer.identitySources.map(({ kind, name }) =>
    kind === 'header' ? headers[name.toLowerCase()] : (query.get(name) ?? undefined),
  );
  const isNeeded = authorizer.type === 'TOKEN' || authorizer.ttlMs > 0;
  if (isNeeded && values.some((value) => value === undefined || value === '')) throw new GatewayFailure('UNAUTHORIZED');
  if (authorizer.tokenPattern?.test(String(values[0])) === false) throw new GatewayFailure('UNAUTHORIZED');
  return JSON.stringify(values);
};

const ask = async (
  api: Api,
  { host, mayInvoke }: AuthorizerDependencies,
  authorizer: Authorizer,
  request: ApiRequest,
  match: Match,
): Promise<Verdict> => {
  const { functionArn } = authorizer;
  const sourceArn = `arn:aws:execute-api:${api.region}:${api.accountId}:${api.id}/authorizers/${authorizer.id}`;
  if (!mayInvoke('apigateway.amazonaws.com', sourceArn, functionArn))
    throw misconfigured(`no AWS::Lambda::Permission lets ${sourceArn} invoke ${functionArn}`);
  const event =
    authorizer.type === 'REQUEST' ? authorizerEvent(api, request, match) : tokenEvent(api, authorizer, request);
  const failed = (reason: string) => new GatewayFailure('AUTHORIZER_FAILURE', { reason });
  const result = await within(TIMEOUT_MS, host.invoke(functionArn, event), () => failed('the authorizer timed out'));
  const reply: unknown = JSON.parse(result.payload.toString());
  if (result.functionError === undefined) return readVerdict(reply);
  // How a function says 401: by this very message.
  if ((reply as { errorMessage?: unknown }).errorMessage === 'Unauthorized') throw new GatewayFailure('UNAUTHORIZED');
  throw failed(`the authorizer failed: ${result.payload.toString('utf8', 0, 1000)}`);
};

const tokenEvent = (api: Api, { identitySources: [source] }: Authorizer, request: ApiRequest): Buffer =>
  Buffer.from(
    JSON.stringify({
      type: 'TOKEN',
      authorizationToken: source && request.headers[source.name.toLowerCase()],
      methodArn: methodArn(api, request.method, request.path),
    }),
  );

const readVerdict = (reply: unknown): Verdict => {
  const { principalId, policyDocument, context = {} } = (reply ?? {}) as Record<string, unknown>;
  if (typeof principalId !== 'string') throw misconfigured('the authorizer returned no principalId');
  if (typeof context !== 'object' || context === null) throw misconfigured('the authorizer returned no valid context');
  const entries = Object.entries(context);
  const odd = entries.find(([, value]) => !['string', 'number', 'boolean'].includes(typeof value));
  if (odd !== undefined) throw misconfigured(`the authorizer's context.${odd[0]} is neither text, number nor boolean`);
  const texts = Object.fromEntries(entries.map(([key, value]) => [key, String(value)]));
  return { policy: policyDocument, context: { ...texts, principalId } };
};

const misconfigured = (reason: string): GatewayFailure =>
  new GatewayFailure('AUTHORIZER_CONFIGURATION_ERROR', { reason });
