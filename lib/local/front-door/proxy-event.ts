import type { Api } from './api.ts';
import type { ApiRequest } from './api-request.ts';
import { GatewayFailure } from './gateway-responses.ts';
import type { Match } from './routes.ts';

/** Lambda's limit for an event, bytes. */
const MAX_EVENT_BYTES = 6 * 1024 * 1024;
/** Concern the connection to the front door only. */
const NOT_PASSED_ON = new Set([
  'connection',
  'content-length',
  'expect',
  'keep-alive',
  'te',
  'transfer-encoding',
  'upgrade',
]);

/** What an authorizer said of the caller; API Gateway turns its numbers and booleans into text. */
export type AuthorizerContext = Readonly<Record<string, string>>;

/** The method as IAM names it; with the resource's path instead of the request's, as the source of an invocation. */
export const methodArn = (api: Api, method: string, path: string): string =>
  `arn:aws:execute-api:${api.region}:${api.accountId}:${api.id}/${api.stage}/${method}${path}`;

/**
 * The event of a Lambda proxy integration (format 1.0).
 * @throws GatewayFailure REQUEST_TOO_LARGE if Lambda would not take it
 */
export const proxyEvent = (
  api: Api,
  request: ApiRequest,
  match: Match,
  body: Buffer,
  authorizer: AuthorizerContext | undefined,
): Buffer => {
  const isBinary = body.length > 0 && matchesMediaType(api.binaryMediaTypes, request.headers['content-type']);
  const event = Buffer.from(
    JSON.stringify({
      ...requestPart(request, match),
      requestContext: requestContext(api, request, match, authorizer),
      body: body.length === 0 ? null : body.toString(isBinary ? 'base64' : 'utf8'),
      isBase64Encoded: isBinary,
    }),
  );
  if (event.length > MAX_EVENT_BYTES) throw new GatewayFailure('REQUEST_TOO_LARGE');
  return event;
};

/** The event of a REQUEST authorizer. */
export const authorizerEvent = (api: Api, request: ApiRequest, match: Match): Buffer =>
  Buffer.from(
    JSON.stringify({
      type: 'REQUEST',
      methodArn: methodArn(api, request.method, request.path),
      ...requestPart(request, match),
      requestContext: requestContext(api, request, match, undefined),
    }),
  );

/** Whether a content type is one of the API's binary ones; `*` is a wildcard for either half. */
export const matchesMediaType = (mediaTypes: readonly string[], contentType: string | undefined): boolean => {
  const [type, subtype] = (contentType ?? '').split(/[;,]/)[0]?.trim().toLowerCase().split('/') ?? [];
  return mediaTypes.some((each) => {
    const [ownType, ownSubtype] = each.toLowerCase().split('/');
    return (ownType === '*' || ownType === type) && (ownSubtype === '*' || ownSubtype === subtype);
  });
};

const requestPart = (request: ApiRequest, { route, pathParameters }: Match) => {
  const headers = Object.fromEntries(passedHeaders(request).map(({ name, values }) => [name, values]));
  const query = Object.fromEntries([...request.query.keys()].map((name) => [name, request.query.getAll(name)]));
  return {
    resource: route.resourcePath,
    path: request.path,
    httpMethod: request.method,
    headers: lastOf(headers),
    multiValueHeaders: headers,
    queryStringParameters: orNull(lastOf(query)),
    multiValueQueryStringParameters: orNull(query),
    pathParameters: orNull(pathParameters),
    stageVariables: null,
  };
};

const passedHeaders = ({ headerValues, sourceIp, traceId }: ApiRequest) => {
  const forwarded = headerValues.find(({ name }) => name.toLowerCase() === 'x-forwarded-for')?.values ?? [];
  const added = [
    { name: 'X-Amzn-Trace-Id', values: [traceId] },
    { name: 'X-Forwarded-For', values: [[...forwarded, sourceIp].join(', ')] },
    { name: 'X-Forwarded-Proto', values: ['http'] },
  ];
  const replaced = new Set(added.map(({ name }) => name.toLowerCase()));
  const sent = headerValues.filter(
    ({ name }) => !NOT_PASSED_ON.has(name.toLowerCase()) && !replaced.has(name.toLowerCase()),
  );
  return [...sent, ...added];
};

const requestContext = (
  api: Api,
  request: ApiRequest,
  { route }: Match,
  authorizer: AuthorizerContext | undefined,
) => ({
  accountId: api.accountId,
  apiId: api.id,
  ...(authorizer === undefined ? {} : { authorizer }),
  deploymentId: api.deploymentId,
  domainName: request.headers.host ?? '',
  extendedRequestId: request.requestId,
  httpMethod: request.method,
  identity: { sourceIp: request.sourceIp, userAgent: request.headers['user-agent'] ?? null },
  // As under a domain name of the API's own, mapped at its root: no stage before the path.
  path: request.path,
  protocol: 'HTTP/1.1',
  requestId: request.requestId,
  requestTime: requestTime(request.receivedMs),
  requestTimeEpoch: request.receivedMs,
  resourceId: route.resourceId,
  resourcePath: route.resourcePath,
  stage: api.stage,
});

/** As web servers log it: `24/Nov/2026:10:18:00 +0000`. */
export const requestTime = (ms: number): string => {
  const [, day, month, year, time] = new Date(ms).toUTCString().split(' ');
  return `${day}/${month}/${year}:${time} +0000`;
};

const lastOf = (values: Readonly<Record<string, readonly string[]>>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([name, all]) => [name, all.at(-1) ?? '']));

const orNull = <T extends object>(value: T): T | null => (Object.keys(value).length > 0 ? value : null);
