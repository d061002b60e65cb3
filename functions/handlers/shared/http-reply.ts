import { STATUS_CODES } from 'node:http';
import * as z from 'zod';
import { FAILURE_STATUS, Failure, type Problem } from '../../domain/contract/failures.ts';
import { checkAccept, ProxyEvent } from './http-request.ts';
import { log, measure } from './telemetry.ts';

/** A reply as API Gateway's proxy integrations take it, buffered or streamed. */
export interface HttpReply {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export const jsonReply = (statusCode: number, body: unknown, headers: Record<string, string> = {}): HttpReply => ({
  statusCode,
  headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
  body: JSON.stringify(body),
});

const pathOf = (path: readonly PropertyKey[]): string => path.map(String).join('.');

const fieldErrors = (error: z.ZodError): NonNullable<Problem['errors']> =>
  error.issues
    .flatMap((issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => ({ path: pathOf([...issue.path, key]), message: 'is not a field' }))
        : [{ path: pathOf(issue.path), message: issue.message }],
    )
    .slice(0, 20);

/** What the caller may know of a fault; everything else is for the log. */
const asFailure = (fault: unknown): { failure: Failure; errors?: NonNullable<Problem['errors']> } => {
  if (fault instanceof Failure) return { failure: fault };
  if (fault instanceof z.ZodError) {
    const errors = fieldErrors(fault);
    const detail = errors.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('; ');
    return { failure: new Failure('INVALID_REQUEST', detail), errors };
  }
  return { failure: new Failure('INTERNAL', 'Something went wrong on our side.', { cause: fault }) };
};

const problemReply = (fault: unknown, requestId: string): HttpReply => {
  const { failure, errors } = asFailure(fault);
  const status = FAILURE_STATUS[failure.code];
  if (status >= 500) log.error('request failed', { code: failure.code, turn_id: failure.turnId, cause: failure.cause });
  const problem: Problem = {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    code: failure.code,
    detail: failure.detail,
    request_id: requestId,
    ...(failure.turnId === undefined ? {} : { turn_id: failure.turnId }),
    ...(errors === undefined ? {} : { errors }),
  };
  const retryAfter = failure.retryAfterSeconds;
  return jsonReply(status, problem, {
    'content-type': 'application/problem+json',
    ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
    ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
  });
};

/**
 * Runs one HTTP request to its reply: what `respond` throws becomes a problem of the failure table, a ZodError one that
 * names the fields, and anything else an INTERNAL that tells nothing.
 */
export const httpReply = async (
  rawEvent: unknown,
  respond: (event: ProxyEvent) => Promise<HttpReply>,
): Promise<HttpReply> => {
  const event = ProxyEvent.parse(rawEvent);
  const { requestId } = event.requestContext;
  const run = async (): Promise<HttpReply> => {
    checkAccept(event);
    return respond(event);
  };
  const reply = await run().catch((fault: unknown) => problemReply(fault, requestId));
  if (reply.statusCode >= 500) measure('RouterErrors', 1);
  return { ...reply, headers: { ...reply.headers, 'x-request-id': requestId } };
};
