import { makeDynamoClient } from '../adapters/dynamodb/client.ts';
import { makeOpenTurns } from '../adapters/dynamodb/turns/open-turns.ts';
import { makeSqsClient, makeUndeliveredQueue } from '../adapters/undelivered-queue.ts';
import { SETTLE_MARGIN_MS } from '../application/deadlines.ts';
import { makeSweepTurns } from '../application/turns/sweep-turns.ts';
import { clock } from './shared/dependencies.ts';
import { readEnvironment, TurnEnvironment } from './shared/environment.ts';
import { instrumented } from './shared/middleware.ts';
import { log, measure } from './shared/telemetry.ts';

const environment = readEnvironment(TurnEnvironment.pick({ CONVERSATIONS_TABLE: true, UNDELIVERED_QUEUE_URL: true }));

const sweepTurns = makeSweepTurns({
  open: makeOpenTurns(makeDynamoClient(), environment.CONVERSATIONS_TABLE),
  queue: makeUndeliveredQueue(makeSqsClient(), environment.UNDELIVERED_QUEUE_URL),
  clock,
  measure,
  log,
});

/** Runs every minute: no turn that nobody works on stays open. */
export const handler = instrumented().handler(async (_event: unknown, context) => {
  const handedOver = await sweepTurns(clock() + context.getRemainingTimeInMillis() - SETTLE_MARGIN_MS);
  return { handed_over: handedOver };
});
