import type { ServerResponse } from 'node:http';
import type { MayInvoke } from '../iam/lambda-permissions.ts';
import { ConcurrencyExceeded, FunctionFailed, FunctionNotFound } from '../lambda/function-failures.ts';
import type { FunctionHost } from '../types.ts';
import type { Api } from './api.ts';
import type { ApiRequest } from './api-request.ts';
import { within } from './deadline.ts';
import { GatewayFailure } from './gateway-responses.ts';
import { methodArn } from './proxy-event.ts';
import { readReply, readStreamedReply } from './proxy-reply.ts';
import type { Match } from './routes.ts';

interface IntegrationDependencies {
  readonly host: Pick<FunctionHost, 'invoke' | 'invokeStreaming'>;
  readonly mayInvoke: MayInvoke;
}

/**
 * Makes what calls a route's function with the event and sends its reply. A client that leaves does not stop the
 * function.
 * @returns a function that throws GatewayFailure; once the reply has begun, the connection has to be broken then
 */
export const makeIntegration = (api: Api, { host, mayInvoke }: IntegrationDependencies) => {
  const callBuffered = async (request: ApiRequest, { route }: Match, event: Buffer, response: ServerResponse) => {
    const result = await within(route.timeoutMs, host.invoke(route.functionArn, event), timedOut);
    if (result.functionError !== undefined) throw new FunctionFailed(result.payload);
    const reply = readReply(result.payload, request.headers.accept, api.binaryMediaTypes);
    response.writeHead(reply.status, { ...reply.headers, 'content-length': reply.body.length });
    response.end(reply.body);
  };

  const callStreaming = async (_request: ApiRequest, { route }: Match, event: Buffer, response: ServerResponse) => {
    const cut = new AbortController();
    const streaming = async () => {
      const { chunks } = await host.invokeStreaming(route.functionArn, event);
      const { status, headers, body } = await readStreamedReply(chunks);
      if (cut.signal.aborted) return drain(body);
      response.writeHead(status, headers);
      response.flushHeaders();
      await pass(body, response, cut.signal);
    };
    await within(route.timeoutMs, streaming(), () => {
      cut.abort();
      return timedOut();
    });
  };

  return async (request: ApiRequest, match: Match, event: Buffer, response: ServerResponse): Promise<void> => {
    const { route } = match;
    const source = methodArn(api, request.method, route.resourcePath);
    if (!mayInvoke('apigateway.amazonaws.com', source, route.functionArn))
      throw internal(`no AWS::Lambda::Permission lets ${source} invoke ${route.functionArn}`);
    try {
      await (route.isStreaming ? callStreaming : callBuffered)(request, match, event, response);
    } catch (error) {
      throw failureOf(error);
    }
  };
};

/** What API Gateway makes of Lambda's errors. */
const failureOf = (error: unknown): unknown => {
  if (error instanceof FunctionFailed)
    return new GatewayFailure('MALFORMED_REPLY', { reason: error.message, cause: error });
  if (error instanceof ConcurrencyExceeded || error instanceof FunctionNotFound) return internal(error.message, error);
  return error;
};

const internal = (reason: string, cause?: unknown) => new GatewayFailure('INTERNAL', { reason, cause });

const timedOut = () => new GatewayFailure('INTEGRATION_TIMEOUT', { reason: 'the integration timed out' });

/** Sends the chunks as they come and as the client takes them; goes on reading when nobody takes them any more. */
const pass = async (body: AsyncIterable<Uint8Array>, response: ServerResponse, cut: AbortSignal): Promise<void> => {
  const takesMore = () =>
    new Promise<void>((resolve) => {
      const done = () => {
        response.off('drain', done).off('close', done);
        resolve();
      };
      response.on('drain', done).on('close', done);
    });
  for await (const chunk of body) {
    if (cut.aborted || response.destroyed) continue;
    if (!response.write(chunk)) await takesMore();
  }
  if (!cut.aborted) response.end();
};

const drain = async (body: AsyncIterable<Uint8Array>): Promise<void> => {
  for await (const chunk of body) void chunk;
};
