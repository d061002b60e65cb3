import { executionModeStreamifyResponse } from '@middy/core/StreamifyResponse';
import * as z from 'zod';
import { makePreviewRoute } from '../application/turns/preview-route.ts';
import { makeRouteMessage } from '../application/turns/route-message.ts';
import { Decision } from '../domain/contract/decision.ts';
import { Failure } from '../domain/contract/failures.ts';
import { AnsweredReply, MessageRequest, PendingReply, RouteRequest } from '../domain/contract/message.ts';
import { deliveryDependencies } from './shared/dependencies.ts';
import { dispatch, type Operations } from './shared/dispatch.ts';
import { DeliveryEnvironment, readEnvironment } from './shared/environment.ts';
import { httpReply, jsonReply } from './shared/http-reply.ts';
import { basePath, bodyOf, header } from './shared/http-request.ts';
import { instrumented } from './shared/middleware.ts';

const dependencies = deliveryDependencies(readEnvironment(DeliveryEnvironment));
const routeMessage = makeRouteMessage(dependencies);
const previewRoute = makePreviewRoute(dependencies);

const operations = (remainingMs: number): Operations => ({
  guarded: {
    sendMessage: async (principal, event) => {
      // Taken silently, it would promise what is not kept.
      if (header(event, 'idempotency-key') !== undefined)
        throw new Failure('INVALID_REQUEST', 'Idempotency-Key is not supported.');
      const reply = await routeMessage(principal, bodyOf(event, MessageRequest), remainingMs);
      if (reply.status === 'answered') return jsonReply(200, z.encode(AnsweredReply, reply));
      const turn = basePath(event) + reply.links.turn;
      return jsonReply(202, z.encode(PendingReply, { ...reply, links: { turn } }), { location: turn });
    },
    previewRoute: async (principal, event) =>
      jsonReply(200, z.encode(Decision, await previewRoute(principal, bodyOf(event, RouteRequest)))),
  },
});

/** `POST /v1/agents/message` and `POST /v1/agents/route`. */
export const handler = instrumented({ executionMode: executionModeStreamifyResponse }).handler(
  (event: unknown, context) =>
    httpReply(event, (request) =>
      dispatch(operations(context.getRemainingTimeInMillis()), request, dependencies.clock()),
    ),
);
