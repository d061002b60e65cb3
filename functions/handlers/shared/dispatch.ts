import * as z from 'zod';
import type { Principal } from '../../application/ports.ts';
import { Failure } from '../../domain/contract/failures.ts';
import { ROUTES } from '../../domain/contract/routes.ts';
import type { HttpReply } from './http-reply.ts';
import { type ProxyEvent, parseInput, principalOf } from './http-request.ts';

/** What answers a route, by its `operationId`. */
export interface Operations {
  /** Routes that need no token. */
  readonly open?: Readonly<Record<string, () => Promise<HttpReply>>>;
  readonly guarded: Readonly<Record<string, (principal: Principal, event: ProxyEvent) => Promise<HttpReply>>>;
}

const NoQuery = z.strictObject({});

/**
 * Finds the route of a request and lets its operation answer, for a caller who has the scope that the route needs.
 * @throws Failure ROUTE_NOT_FOUND, UNAUTHENTICATED, FORBIDDEN, INVALID_REQUEST for a query that the route does not take
 */
export const dispatch = async (
  { open = {}, guarded }: Operations,
  event: ProxyEvent,
  nowMs: number,
): Promise<HttpReply> => {
  const method = event.httpMethod.toLowerCase();
  const route = ROUTES.find((candidate) => candidate.method === method && candidate.path === event.resource);
  if (route === undefined) throw new Failure('ROUTE_NOT_FOUND', 'There is no such route.');
  const principal = route.scope === null ? undefined : principalOf(event, route.scope, nowMs);
  if (route.query === undefined) parseInput(NoQuery, event.queryStringParameters ?? {});
  const reply = principal === undefined ? open[route.operationId]?.() : guarded[route.operationId]?.(principal, event);
  if (reply === undefined) throw new Failure('ROUTE_NOT_FOUND', 'There is no such route.');
  return reply;
};
