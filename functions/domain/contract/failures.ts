import * as z from 'zod';

/** Every failure that a caller can see, and its HTTP status: the only place that maps one to the other. */
export const FAILURE_STATUS = {
  INVALID_REQUEST: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  AGENT_NOT_FOUND: 404,
  CONVERSATION_NOT_FOUND: 404,
  TURN_NOT_FOUND: 404,
  ROUTE_NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  NOT_ACCEPTABLE: 406,
  AGENT_EXISTS: 409,
  IDEMPOTENCY_IN_PROGRESS: 409,
  VERSION_STALE: 412,
  MESSAGE_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  IDEMPOTENCY_MISMATCH: 422,
  VERSION_REQUIRED: 428,
  TOO_MANY_REQUESTS: 429,
  INTERNAL: 500,
  AGENT_FAILED: 502,
  NO_AGENT_AVAILABLE: 503,
  STORE_UNAVAILABLE: 503,
  DEADLINE_EXCEEDED: 504,
} as const;

export type FailureCode = keyof typeof FAILURE_STATUS;

/** One field of a request and what is wrong with it; `path` is dotted, as on the wire. */
export interface FieldError {
  readonly path: string;
  readonly message: string;
}

/**
 * An expected failure. Its `code` and `detail` reach the caller, so `detail` says what the caller can do about it and
 * nothing internal; `cause` stays in the logs.
 */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly code: FailureCode;
  readonly detail: string;
  readonly retryAfterSeconds: number | undefined;
  /** What is wrong with which field of the request. */
  readonly fields: readonly FieldError[];
  /** The turn that this failure ended, if one was accepted: it will not be tried again. */
  readonly turnId: string | undefined;

  constructor(
    code: FailureCode,
    detail: string,
    options: { cause?: unknown; retryAfterSeconds?: number; turnId?: string; fields?: readonly FieldError[] } = {},
  ) {
    super(`${code}: ${detail}`, { cause: options.cause });
    this.code = code;
    this.detail = detail;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.turnId = options.turnId;
    this.fields = options.fields ?? [];
  }
}

/** RFC 9457 problem details as Switchboard sends them (`application/problem+json`). */
export const Problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.enum(Object.keys(FAILURE_STATUS) as [FailureCode, ...FailureCode[]]),
    detail: z.string(),
    request_id: z.string().optional(),
    turn_id: z.string().optional(),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: 'Problem' });
export type Problem = z.output<typeof Problem>;
