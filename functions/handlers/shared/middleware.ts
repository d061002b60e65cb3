import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy, { type MiddlewareObj, type MiddyfiedHandler } from '@middy/core';
import { logger, metrics } from './telemetry.ts';

/** Prints what was measured, if anything was: Powertools' own middleware warns about every request without metrics. */
const publishMetrics = (): MiddlewareObj => {
  const publish = (): void => {
    if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
  };
  return { after: publish, onError: publish };
};

/** A handler with what all have: log lines with the request's id, metrics printed at its end. */
export const instrumented = (options: Parameters<typeof middy>[0] = {}): MiddyfiedHandler =>
  middy(options)
    .use(injectLambdaContext(logger, { resetKeys: true }))
    .use(publishMetrics()) as unknown as MiddyfiedHandler;
