import { executionModeStreamifyResponse } from '@middy/core/StreamifyResponse';
import * as z from 'zod';
import { makePreviewRoute } from '../application/preview-route.ts';
import { makeRouteMessage } from '../application/route-message.ts';
import { Decision } from '../domain/contract/decision.ts';
import { Failure } from '../domain/contract/failures.ts';
import { AnsweredReply, MessageRequest, PendingReply, RouteRequest } from '../domain/contract/message.ts';
import { deliveryDependencies } from './shared/dependencies.ts';
import { readEnvironment, TurnEnvironment } from './shared/environment.ts';
import { type HttpReply, httpReply, jsonReply } from './shared/http-reply.ts';
import { bodyOf, type ProxyEvent, principalOf } from './shared/http-request.ts';
import { instrumented } from './shared/middleware.ts';

const dependencies = deliveryDependencies(readEnvironment(TurnEnvironment));
const routeMessage = makeRouteMessage(dependencies);
const previewRoute = makePreviewRoute(dependencies);

/** `POST /v1/agents/message` and `POST /v1/agents/route`. */
const respond = async (event: ProxyEvent, remainingMs: number): Promise<HttpReply> => {
  const principal = principalOf(event, 'messages:write', dependencies.clock());
  switch (event.resource) {
    case '/v1/agents/message': {
      const reply = await routeMessage(principal, bodyOf(event, MessageRequest), remainingMs);
      return reply.status === 'answered'
        ? jsonReply(200, z.encode(AnsweredReply, reply))
        : jsonReply(202, z.encode(PendingReply, reply), { location: reply.links.turn });
    }
    case '/v1/agents/route':
      return jsonReply(200, z.encode(Decision, await previewRoute(principal, bodyOf(event, RouteRequest))));
    default:
      throw new Failure('ROUTE_NOT_FOUND', 'There is no such route.');
  }
};

export const handler = instrumented({ executionMode: executionModeStreamifyResponse }).handler(
  (event: unknown, context) => httpReply(event, (request) => respond(request, context.getRemainingTimeInMillis())),
);
