import { STATUS_CODES } from 'node:http';
import { FAILURE_STATUS, Failure, type Problem } from '../../domain/contract/failures.ts';
import { methodsOf } from '../../domain/contract/routes.ts';
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

/** What the caller may know of any other fault is that there was one; the rest is for the log. */
const failureOf = (fault: unknown): Failure => {
  const failure =
    fault instanceof Failure ? fault : new Failure('INTERNAL', 'Something went wrong on our side.', { cause: fault });
  if (FAILURE_STATUS[failure.code] >= 500)
    log.error('request failed', { code: failure.code, turn_id: failure.turnId, cause: failure.cause });
  return failure;
};

const describe = (failure: Failure, requestId: string): Problem => {
  const status = FAILURE_STATUS[failure.code];
  return {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    code: failure.code,
    detail: failure.detail,
    request_id: requestId,
    ...(failure.turnId === undefined ? {} : { turn_id: failure.turnId }),
    ...(failure.fields.length === 0 ? {} : { errors: [...failure.fields] }),
  };
};

/** A fault as callers see it. */
export const problemOf = (fault: unknown, requestId: string): Problem => describe(failureOf(fault), requestId);

const problemReply = (fault: unknown, { requestContext, resource }: ProxyEvent): HttpReply => {
  const failure = failureOf(fault);
  const status = FAILURE_STATUS[failure.code];
  const retryAfter = failure.retryAfterSeconds;
  return jsonReply(status, describe(failure, requestContext.requestId), {
    'content-type': 'application/problem+json',
    ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
    ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
    ...(status === 405 ? { allow: methodsOf(resource).join(', ') } : {}),
  });
};

/** Runs one HTTP request to its reply: a Failure becomes its problem, anything else an INTERNAL that tells nothing. */
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
  const reply = await run().catch((fault: unknown) => problemReply(fault, event));
  if (reply.statusCode >= 500) measure('RouterErrors', 1);
  return { ...reply, headers: { ...reply.headers, 'x-request-id': requestId } };
};
