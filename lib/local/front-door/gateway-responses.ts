import type { Resource } from '../types.ts';

/** What API Gateway answers itself: its default status, `x-amzn-ErrorType` and message. */
const TYPES = {
  ACCESS_DENIED: [403, 'AccessDeniedException', 'User is not authorized to access this resource'],
  API_CONFIGURATION_ERROR: [500, 'InternalServerErrorException', 'Internal server error'],
  AUTHORIZER_CONFIGURATION_ERROR: [500, 'AuthorizerConfigurationException', 'Internal server error'],
  AUTHORIZER_FAILURE: [500, 'AuthorizerFailureException', 'Internal server error'],
  BAD_REQUEST: [400, 'BadRequestException', 'Bad Request'],
  INTEGRATION_FAILURE: [504, 'InternalServerErrorException', 'Internal server error'],
  INTEGRATION_TIMEOUT: [504, 'InternalServerErrorException', 'Endpoint request timed out'],
  INTERNAL: [500, 'InternalServerErrorException', 'Internal server error'],
  INVALID_SIGNATURE: [403, 'IncompleteSignatureException', "Authorization header requires 'Credential' parameter."],
  MALFORMED_REPLY: [502, 'InternalServerErrorException', 'Internal server error'],
  MISSING_AUTHENTICATION_TOKEN: [403, 'MissingAuthenticationTokenException', 'Missing Authentication Token'],
  REQUEST_TOO_LARGE: [413, 'RequestTooLargeException', 'Request Too Long'],
  THROTTLED: [429, 'TooManyRequestsException', 'Too Many Requests'],
  UNAUTHORIZED: [401, 'UnauthorizedException', 'Unauthorized'],
} as const satisfies Record<string, readonly [status: number, errorType: string, message: string]>;

/** These have no name of their own in API Gateway: only DEFAULT_4XX or DEFAULT_5XX changes them. */
const UNNAMED: ReadonlySet<string> = new Set(['BAD_REQUEST', 'INTERNAL', 'MALFORMED_REPLY']);

type GatewayResponseType = keyof typeof TYPES;

/** An error that API Gateway answers itself. */
export class GatewayFailure extends Error {
  override readonly name = 'GatewayFailure';
  readonly type: GatewayResponseType;
  /** For the log; never sent. */
  readonly reason: string | undefined;

  constructor(type: GatewayResponseType, options: { message?: string; reason?: string; cause?: unknown } = {}) {
    super(options.message ?? TYPES[type][2], { cause: options.cause });
    this.type = type;
    this.reason = options.reason;
  }
}

/** What templates and header parameters can refer to. */
interface ResponseContext {
  /** `$context` of the request, apart from `error`; nested names joined by dots: `identity.sourceIp`. */
  readonly variables: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

interface GatewayReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

interface GatewayResponse {
  readonly status: number | undefined;
  readonly contentType: string;
  readonly template: string;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
}

export type GatewayResponses = ReadonlyMap<string, GatewayResponse>;

const DEFAULT_TEMPLATE = { contentType: 'application/json', template: '{"message":$context.error.messageString}' };
const ERROR_VARIABLES = ['error.message', 'error.messageString', 'error.responseType'];
/** What `variables` of a `ResponseContext` must hold. */
const CONTEXT_VARIABLES = [
  'apiId',
  'extendedRequestId',
  'httpMethod',
  'identity.sourceIp',
  'path',
  'protocol',
  'requestId',
  'requestTime',
  'requestTimeEpoch',
  'resourcePath',
  'stage',
] as const;
const KNOWN = new Set<string>([...ERROR_VARIABLES, ...CONTEXT_VARIABLES]);
const VARIABLE = /\$(?:\{context\.([\w.]+)\}|context\.([\w]+(?:\.[\w]+)*))/g;
const HEADER_VALUE =
  /^(?:'(?<literal>[^']*)'|context\.(?<variable>[\w.]+)|method\.request\.header\.(?<header>[\w-]+))$/;

/** @throws Error naming a template variable or header value that is not emulated */
export const readGatewayResponses = (resources: readonly Resource[]): GatewayResponses =>
  new Map(resources.map((resource) => [String(resource.properties.ResponseType), readResponse(resource)]));

const readResponse = ({ logicalId, properties }: Resource): GatewayResponse => {
  const templates = Object.entries((properties.ResponseTemplates ?? {}) as Record<string, string>);
  const json = templates.find(([type]) => type === 'application/json') ?? templates[0];
  const parameters = Object.entries((properties.ResponseParameters ?? {}) as Record<string, string>);
  const headers = parameters.map(([key, value]) => ({ name: key.replace(/^gatewayresponse\.header\./, ''), value }));
  for (const [, braced, plain] of (json?.[1] ?? '').matchAll(VARIABLE))
    if (!KNOWN.has(braced ?? plain ?? '')) throw new Error(`${logicalId}: $context.${braced ?? plain} is not emulated`);
  for (const { value } of headers) {
    const { groups } = HEADER_VALUE.exec(value) ?? {};
    if (!groups || (groups.variable !== undefined && !KNOWN.has(groups.variable)))
      throw new Error(`${logicalId}: the header value ${value} is not emulated`);
  }
  return {
    status: properties.StatusCode === undefined ? undefined : Number(properties.StatusCode),
    ...(json === undefined ? DEFAULT_TEMPLATE : { contentType: json[0], template: json[1] }),
    headers,
  };
};

/** The reply for a failure: by its own response, else DEFAULT_4XX or DEFAULT_5XX, else as API Gateway has it. */
export const renderFailure = (
  responses: GatewayResponses,
  failure: GatewayFailure,
  { variables, headers }: ResponseContext,
): GatewayReply => {
  const [ownStatus, errorType] = TYPES[failure.type];
  const fallback = ownStatus < 500 ? 'DEFAULT_4XX' : 'DEFAULT_5XX';
  const isNamed = !UNNAMED.has(failure.type);
  const response = (isNamed ? responses.get(failure.type) : undefined) ?? responses.get(fallback);
  const all: Record<string, string> = {
    ...variables,
    'error.message': failure.message,
    'error.messageString': JSON.stringify(failure.message),
    'error.responseType': isNamed ? failure.type : fallback,
  };
  const { contentType, template } = response ?? DEFAULT_TEMPLATE;
  const own = (response?.headers ?? []).map(({ name, value }) => {
    const { literal, variable, header } = HEADER_VALUE.exec(value)?.groups ?? {};
    const sent = header === undefined ? undefined : headers[header.toLowerCase()];
    return [name.toLowerCase(), literal ?? (variable === undefined ? String(sent ?? '') : (all[variable] ?? ''))];
  });
  return {
    status: response?.status ?? ownStatus,
    headers: { 'content-type': contentType, 'x-amzn-errortype': errorType, ...Object.fromEntries(own) },
    body: template.replace(VARIABLE, (_, braced, plain) => all[braced ?? plain] ?? ''),
  };
};
