import * as z from 'zod';
import { parseUndelivered } from '../adapters/undelivered-queue.ts';
import { makeRetryTurn } from '../application/turns/retry-turn.ts';
import { deliveryDependencies } from './shared/dependencies.ts';
import { DeliveryEnvironment, readEnvironment } from './shared/environment.ts';
import { instrumented } from './shared/middleware.ts';
import { log } from './shared/telemetry.ts';

const retryTurn = makeRetryTurn(deliveryDependencies(readEnvironment(DeliveryEnvironment)));

const SqsEvent = z.object({ Records: z.array(z.object({ messageId: z.string(), body: z.string() })) });

/** Delivers the queue's turns; those that failed are reported one by one and come again. */
export const handler = instrumented().handler(async (event: unknown) => {
  const { Records } = SqsEvent.parse(event);
  const results = await Promise.allSettled(Records.map(async ({ body }) => retryTurn(parseUndelivered(body))));
  const batchItemFailures = results.flatMap((result, index) => {
    const itemIdentifier = Records[index]?.messageId;
    if (result.status === 'fulfilled' || itemIdentifier === undefined) return [];
    log.error('message not processed', { message_id: itemIdentifier, cause: result.reason });
    return [{ itemIdentifier }];
  });
  return { batchItemFailures };
});
