import type * as z from 'zod';
import type { FailureCode } from './failures.ts';

/** One route of the API: what the OpenAPI document is made of. */
export interface Route {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** Which function answers; the router's replies are streamed. */
  readonly answeredBy: 'router' | 'registration' | 'api';
  /** As in API Gateway: `{name}` for a parameter. */
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  /** Scope that a token needs; null for routes that need no token. */
  readonly scope: string | null;
  readonly request?: z.ZodType;
  /** Of its query string; a route without takes none. */
  readonly query?: z.ZodObject;
  /** Whether the request says in If-Match which version it is about; a route without takes no notice of it. */
  readonly ifMatch?: 'required' | 'optional';
  readonly replies: Readonly<Record<number, z.ZodType | null>>;
  /** Failures of this route beside those that every route has. */
  readonly failures: readonly FailureCode[];
}

/** Failures of routes that take a body. */
export const BODY: readonly FailureCode[] = ['MESSAGE_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'];
