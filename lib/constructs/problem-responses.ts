import { STATUS_CODES } from 'node:http';
import { ResponseType, type RestApi } from 'aws-cdk-lib/aws-apigateway';
import { FAILURE_STATUS, type FailureCode } from '../../functions/domain/contract/failures.ts';

interface ProblemResponse {
  readonly types: readonly ResponseType[];
  readonly code: FailureCode;
  readonly detail: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What API Gateway answers itself, before or instead of a function. */
const RESPONSES: readonly ProblemResponse[] = [
  {
    types: [ResponseType.UNAUTHORIZED],
    code: 'UNAUTHENTICATED',
    detail: 'A valid bearer token is needed.',
    headers: { 'WWW-Authenticate': 'Bearer' },
  },
  { types: [ResponseType.ACCESS_DENIED], code: 'FORBIDDEN', detail: 'This token does not permit the request.' },
  {
    // API Gateway takes a path or method that it does not know for a badly signed AWS call: without an Authorization
    // header the first, with one (it expects AWS's own kind) the others. No route of this API takes AWS signatures.
    types: [
      ResponseType.MISSING_AUTHENTICATION_TOKEN,
      ResponseType.INVALID_SIGNATURE,
      ResponseType.EXPIRED_TOKEN,
      ResponseType.RESOURCE_NOT_FOUND,
    ],
    code: 'ROUTE_NOT_FOUND',
    detail: 'There is no such route.',
  },
  {
    types: [ResponseType.REQUEST_TOO_LARGE],
    code: 'MESSAGE_TOO_LARGE',
    detail: 'The request is too large: message and attachments may have 1 MiB together.',
  },
  {
    types: [ResponseType.UNSUPPORTED_MEDIA_TYPE],
    code: 'UNSUPPORTED_MEDIA_TYPE',
    detail: 'The body must be application/json.',
  },
  {
    types: [ResponseType.THROTTLED, ResponseType.QUOTA_EXCEEDED],
    code: 'TOO_MANY_REQUESTS',
    detail: 'Too many requests. Try again later.',
    headers: { 'Retry-After': '1' },
  },
  { types: [ResponseType.INTEGRATION_TIMEOUT], code: 'DEADLINE_EXCEEDED', detail: 'The answer took too long.' },
  { types: [ResponseType.DEFAULT_4XX], code: 'INVALID_REQUEST', detail: 'The request is not valid.' },
  { types: [ResponseType.DEFAULT_5XX], code: 'INTERNAL', detail: 'Something went wrong. Try again later.' },
];

/** Makes every error of API Gateway itself a problem document (RFC 9457) with a `code` like those of the functions. */
export const addProblemResponses = (api: RestApi): void => {
  for (const { types, code, detail, headers } of RESPONSES)
    for (const type of types) {
      const status = FAILURE_STATUS[code];
      api.addGatewayResponse(type.responseType, {
        type,
        statusCode: String(status),
        // Header values: static ones stand in quotes, others are looked up. No VTL runs on these templates.
        responseHeaders: {
          'Content-Type': "'application/problem+json'",
          'X-Request-Id': 'context.requestId',
          ...Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name, `'${value}'`])),
        },
        templates: {
          'application/json': JSON.stringify({
            type: 'about:blank',
            title: STATUS_CODES[status],
            status,
            code,
            detail,
            request_id: '$context.requestId',
          }),
        },
      });
    }
};
