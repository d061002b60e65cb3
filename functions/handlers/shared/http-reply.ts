import { STATUS_CODES } from 'node:http';
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

const problemReply = (fault: unknown, requestId: string): HttpReply => {
  // What the caller may know of any other fault is that there was one; the rest is for the log.
  const failure =
    fault instanceof Failure ? fault : new Failure('INTERNAL', 'Something went wrong on our side.', { cause: fault });
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
    ...(failure.fields.length === 0 ? {} : { errors: [...failure.fields] }),
  };
  const retryAfter = failure.retryAfterSeconds;
  return jsonReply(status, problem, {
    'content-type': 'application/problem+json',
    ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
    ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
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
  const reply = await run().catch((fault: unknown) => problemReply(fault, requestId));
  if (reply.statusCode >= 500) measure('RouterErrors', 1);
  return { ...reply, headers: { ...reply.headers, 'x-request-id': requestId } };
};
