import * as z from 'zod';
import type { Principal } from '../../application/ports.ts';
import { Failure } from '../../domain/contract/failures.ts';
import type { Route } from '../../domain/contract/route.ts';
import { methodsOf, ROUTES } from '../../domain/contract/routes.ts';
import type { HttpReply } from './http-reply.ts';
import { header, type ProxyEvent, principalOf, queryOf } from './http-request.ts';

/** What answers a route, by its `operationId`. */
export interface Operations {
  /** Routes that need no token. */
  readonly open?: Readonly<Record<string, () => Promise<HttpReply>>>;
  readonly guarded: Readonly<Record<string, (principal: Principal, event: ProxyEvent) => Promise<HttpReply>>>;
}

const NoQuery = z.strictObject({});

const noSuchRoute = (): Failure => new Failure('ROUTE_NOT_FOUND', 'There is no such route.');

/** @throws Failure ROUTE_NOT_FOUND, METHOD_NOT_ALLOWED */
const routeOf = ({ httpMethod, resource }: ProxyEvent): Route => {
  const route = ROUTES.find(({ method, path }) => method === httpMethod.toLowerCase() && path === resource);
  if (route !== undefined) return route;
  const methods = methodsOf(resource);
  if (methods.length === 0) throw noSuchRoute();
  throw new Failure('METHOD_NOT_ALLOWED', `This route takes ${methods.join(', ')}.`);
};

/**
 * Finds the route of a request and lets its operation answer, for a caller who has the scope that the route needs.
 * @throws Failure ROUTE_NOT_FOUND, METHOD_NOT_ALLOWED, UNAUTHENTICATED, FORBIDDEN, VERSION_REQUIRED, INVALID_REQUEST
 * for a query that the route does not take
 */
export const dispatch = async (
  { open = {}, guarded }: Operations,
  event: ProxyEvent,
  nowMs: number,
): Promise<HttpReply> => {
  const route = routeOf(event);
  const principal = route.scope === null ? undefined : principalOf(event, route.scope, nowMs);
  if (route.query === undefined) queryOf(event, NoQuery);
  if (route.ifMatch === 'required' && header(event, 'if-match') === undefined)
    throw new Failure(
      'VERSION_REQUIRED',
      'Send as If-Match the ETag of the reply in which you read what you change, or * for whatever is there.',
    );
  const reply = principal === undefined ? open[route.operationId]?.() : guarded[route.operationId]?.(principal, event);
  if (reply === undefined) throw noSuchRoute();
  return reply;
};
