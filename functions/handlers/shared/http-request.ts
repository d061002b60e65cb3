import * as z from 'zod';
import type { Principal } from '../../application/ports.ts';
import { Failure } from '../../domain/contract/failures.ts';
import { TenantId, UserId } from '../../domain/contract/ids.ts';
import { MAX_NESTING, nestsTooDeep } from '../../domain/contract/nesting.ts';
import { parseInput } from '../../domain/contract/parse-input.ts';
import { readIfMatch, type VersionCondition } from '../../domain/registry/version-condition.ts';

/** What of API Gateway's proxy event is used. */
export const ProxyEvent = z.object({
  httpMethod: z.string(),
  /** The route's template, such as `/v1/agents/{agent_id}`. */
  resource: z.string(),
  headers: z.record(z.string(), z.string()).nullable(),
  pathParameters: z.record(z.string(), z.string()).nullish(),
  queryStringParameters: z.record(z.string(), z.string()).nullish(),
  body: z.string().nullable(),
  isBase64Encoded: z.boolean(),
  requestContext: z.object({
    requestId: z.string(),
    /** The request's path with whatever the API's address puts before the route: its stage, if no domain of its own. */
    path: z.string(),
    authorizer: z.record(z.string(), z.unknown()).nullish(),
  }),
});
export type ProxyEvent = z.output<typeof ProxyEvent>;

/** What the authorizer passes on; every value is a string. */
const AuthorizerContext = z.object({
  tenant: TenantId,
  user_id: UserId,
  scopes: z.string(),
  /** Seconds since the epoch. */
  expires_at: z.coerce.number(),
});

/** What this API's address puts before a route without parameters: `/stage`, or nothing under a domain of its own. */
export const basePath = ({ requestContext, resource }: ProxyEvent): string =>
  requestContext.path.slice(0, -resource.length);

/** Header names are not case-sensitive. */
export const header = (event: ProxyEvent, name: string): string | undefined =>
  Object.entries(event.headers ?? {}).find(([key]) => key.toLowerCase() === name)?.[1];

/** A path parameter, decoded; a malformed one is left as it is and then names nothing. */
const parameter = (event: ProxyEvent, name: string): string => {
  const raw = event.pathParameters?.[name] ?? '';
  try {
    return decodeURIComponent(raw);
  } catch {
    return raw;
  }
};

/** An id in a path that no id can be is simply unknown. @throws Failure with that code */
export const idOf = <T extends z.ZodType>(
  event: ProxyEvent,
  name: string,
  schema: T,
  code: 'AGENT_NOT_FOUND' | 'CONVERSATION_NOT_FOUND' | 'TURN_NOT_FOUND',
): z.output<T> => {
  const id = schema.safeParse(parameter(event, name));
  if (!id.success) throw new Failure(code, `There is no such ${name.replace('_id', '')}.`);
  return id.data;
};

/** The query string in its TypeScript form. @throws Failure INVALID_REQUEST */
export const queryOf = <T extends z.ZodType>(event: ProxyEvent, schema: T): z.output<T> =>
  parseInput(schema, event.queryStringParameters ?? {});

/** Which versions a request may change: any if it does not say. @throws Failure INVALID_REQUEST */
export const ifMatchOf = (event: ProxyEvent): VersionCondition => {
  const value = header(event, 'if-match');
  return value === undefined ? 'any' : readIfMatch(value);
};

/**
 * Who calls. The authorizer's result is cached for the whole API, so expiry and scope are checked here on every request.
 * @throws Failure UNAUTHENTICATED, FORBIDDEN
 */
export const principalOf = (event: ProxyEvent, scope: string, nowMs: number): Principal => {
  const context = AuthorizerContext.safeParse(event.requestContext.authorizer);
  if (!context.success)
    throw new Failure('UNAUTHENTICATED', 'The token does not say who you are.', { cause: context.error });
  const { tenant, user_id: userId, expires_at: expiresAt } = context.data;
  if (expiresAt * 1000 <= nowMs) throw new Failure('UNAUTHENTICATED', 'The token has expired.');
  const scopes = new Set(context.data.scopes.split(' '));
  if (!scopes.has(scope)) throw new Failure('FORBIDDEN', `The token lacks the scope ${scope}.`);
  return { tenant, userId, scopes };
};

const decodeBody = (event: ProxyEvent): string => {
  if (event.body === null || event.body === '') throw new Failure('INVALID_REQUEST', 'The request has no body.');
  if (!event.isBase64Encoded) return event.body;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(event.body, 'base64'));
  } catch (cause) {
    throw new Failure('INVALID_REQUEST', 'The body is not valid UTF-8.', { cause });
  }
};

/** `__proto__` in any spelling that JSON has for it; only then is every key looked at. */
const MAY_NAME_PROTO = /__proto__|\\u00/;

const refuseProto = (key: string, value: unknown): unknown => {
  if (key !== '__proto__') return value;
  throw new Failure('INVALID_REQUEST', `${key}: is not a field`, {
    fields: [{ path: key, message: 'is not a field' }],
  });
};

/** JSON without the key `__proto__` at any depth: schemas of free JSON would drop it silently. */
const parseJson = (text: string): unknown => {
  if (nestsTooDeep(text))
    throw new Failure('INVALID_REQUEST', `The body is nested more than ${MAX_NESTING} levels deep.`);
  try {
    return JSON.parse(text, MAY_NAME_PROTO.test(text) ? refuseProto : undefined);
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
    throw new Failure('INVALID_REQUEST', 'The body is not valid JSON.', { cause });
  }
};

const JSON_TYPE = /^application\/(json|[a-z0-9.+-]+\+json)\s*(;\s*charset\s*=\s*"?utf-8"?\s*)?;?\s*$/i;

/** The request's body as it was sent. @throws Failure UNSUPPORTED_MEDIA_TYPE, INVALID_REQUEST */
export const jsonOf = (event: ProxyEvent): unknown => {
  if (!JSON_TYPE.test(header(event, 'content-type') ?? ''))
    throw new Failure('UNSUPPORTED_MEDIA_TYPE', 'Send the body as application/json in UTF-8.');
  return parseJson(decodeBody(event));
};

/** The request's body in its TypeScript form. @throws Failure UNSUPPORTED_MEDIA_TYPE, INVALID_REQUEST */
export const bodyOf = <T extends z.ZodType>(event: ProxyEvent, schema: T): z.output<T> =>
  parseInput(schema, jsonOf(event));

const ACCEPTS_JSON = /(^|,)\s*(\*\/\*|application\/(\*|json|problem\+json))\s*(;(?!\s*q=0(\.0*)?\s*(,|$))[^,]*)?(,|$)/i;

/** @throws Failure NOT_ACCEPTABLE when the caller takes no JSON */
export const checkAccept = (event: ProxyEvent): void => {
  const accept = header(event, 'accept');
  if (accept !== undefined && accept !== '' && !ACCEPTS_JSON.test(accept))
    throw new Failure('NOT_ACCEPTABLE', 'Replies are application/json.');
};
