import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import middy, { type MiddyfiedHandler } from '@middy/core';
import { logger, metrics } from './telemetry.ts';

/** A handler with what all have: log lines with the request's id, metrics flushed at its end. */
export const instrumented = (options: Parameters<typeof middy>[0] = {}): MiddyfiedHandler =>
  middy(options)
    .use(injectLambdaContext(logger, { resetKeys: true }))
    .use(logMetrics(metrics)) as unknown as MiddyfiedHandler;
