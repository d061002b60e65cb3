import { createServer, type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { MayInvoke } from '../iam/lambda-permissions.ts';
import type { Account, CloudClock, FunctionHost, LogSink, MetricStore } from '../types.ts';
import { readApi } from './api.ts';
import { type ApiRequest, readBody, readHead } from './api-request.ts';
import { makeAuthorize } from './authorizer.ts';
import { GatewayFailure, renderFailure } from './gateway-responses.ts';
import { makeIntegration } from './integration.ts';
import { proxyEvent, requestTime } from './proxy-event.ts';
import { type Match, makeRouter } from './routes.ts';
import { makeThrottle } from './throttle.ts';

export interface FrontDoorSettings {
  readonly account: Account;
  readonly host: Pick<FunctionHost, 'invoke' | 'invokeStreaming'>;
  readonly mayInvoke: MayInvoke;
  /** @default '127.0.0.1' */
  readonly hostname?: string;
  /** 0 for any free one. */
  readonly port: number;
  readonly clock: Pick<CloudClock, 'now'>;
  readonly metrics: Pick<MetricStore, 'put'>;
  /** Gets why the front door itself failed a request. */
  readonly log: LogSink;
  /** Answers what is not the API's and returns true for it. @default - everything is the API's */
  readonly extraRoutes?: (request: IncomingMessage, response: ServerResponse) => boolean;
}

export interface FrontDoor {
  readonly url: string;
  /** Takes no more requests, waits a little for those that run and ends the rest. */
  close(): Promise<void>;
}

/** How long `close` waits for running requests. */
const DRAIN_MS = 2000;

/**
 * Serves the account's REST API over HTTP as API Gateway would: routes, throttles, authorizers, Lambda proxy
 * integrations and gateway responses. The stage is no part of a URL's path here (`requestContext.path` has it).
 * Not emulated: access logs, caching, request validators, usage plans, models.
 * @throws Error if the template has something of API Gateway that is not emulated, or the port is taken (EADDRINUSE)
 */
export const startFrontDoor = async (settings: FrontDoorSettings): Promise<FrontDoor> => {
  const { hostname = '127.0.0.1', port, extraRoutes } = settings;
  const handle = makeHandler(settings);
  const server = createServer((request, response) => {
    if (extraRoutes?.(request, response)) return;
    void handle(request, response);
  });
  server.on('clientError', refuse);
  // Longer than clients keep idle connections, so that none is closed under a request.
  server.keepAliveTimeout = 65_000;
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, hostname, resolve));
  return {
    url: `http://${hostname}:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        const drained = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
        server.close(() => {
          clearTimeout(drained);
          resolve();
        });
        server.closeIdleConnections();
      }),
  };
};

const makeHandler = ({ account, host, mayInvoke, clock, metrics, log }: FrontDoorSettings) => {
  const api = readApi(account);
  const route = makeRouter(api.routes);
  const mayPass = makeThrottle(api.throttles, clock);
  const authorize = makeAuthorize(api, { host, mayInvoke, clock });
  const integrate = makeIntegration(api, { host, mayInvoke });

  const serve = async (
    head: ApiRequest,
    match: Match | undefined,
    incoming: IncomingMessage,
    response: ServerResponse,
  ) => {
    const body = await readBody(incoming);
    if (!isDecodable(head.path)) throw new GatewayFailure('BAD_REQUEST');
    if (match === undefined) throw unknownRoute(head);
    if (!mayPass(head.method, match.route.resourcePath)) throw new GatewayFailure('THROTTLED');
    const authorizer = await authorize(head, match);
    await integrate(head, match, proxyEvent(api, head, match, body, authorizer), response);
  };

  const fail = (head: ApiRequest, match: Match | undefined, response: ServerResponse, failure: GatewayFailure) => {
    if (failure.reason !== undefined)
      log({ functionId: 'front-door', pid: process.pid, text: `${head.method} ${head.path}: ${failure.reason}` });
    if (response.headersSent) return void response.destroy();
    const variables = {
      apiId: api.id,
      extendedRequestId: head.requestId,
      httpMethod: head.method,
      'identity.sourceIp': head.sourceIp,
      path: `/${api.stage}${head.path}`,
      protocol: 'HTTP/1.1',
      requestId: head.requestId,
      requestTime: requestTime(head.receivedMs),
      requestTimeEpoch: String(head.receivedMs),
      resourcePath: match?.route.resourcePath ?? '',
      stage: api.stage,
    };
    const { status, headers, body } = renderFailure(api.responses, failure, { variables, headers: head.headers });
    response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
    response.end(body);
  };

  const measure = (status: number, latencyMs: number) => {
    const isClientError = status >= 400 && status < 500;
    const values = {
      Count: 1,
      '4XXError': isClientError ? 1 : 0,
      '5XXError': status >= 500 ? 1 : 0,
      Latency: latencyMs,
    };
    const sets: Record<string, string>[] = [{ ApiName: api.name }, { ApiName: api.name, Stage: api.stage }];
    for (const dimensions of sets)
      for (const [name, value] of Object.entries(values)) {
        const unit = name === 'Latency' ? 'Milliseconds' : 'Count';
        metrics.put({ namespace: 'AWS/ApiGateway', name, dimensions, unit, value, atMs: clock.now() });
      }
  };

  return async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const startedMs = performance.now();
    const head = readHead(incoming, clock.now());
    const match = route(head.method, head.path);
    response.setHeader('x-amzn-requestid', head.requestId);
    response.setHeader('x-amzn-trace-id', head.traceId);
    try {
      await serve(head, match, incoming, response);
    } catch (error) {
      // The client left before its request was whole: nobody to answer.
      if (!incoming.complete && incoming.destroyed) return;
      fail(head, match, response, asFailure(error));
    }
    measure(response.statusCode, performance.now() - startedMs);
  };
};

const asFailure = (error: unknown): GatewayFailure =>
  error instanceof GatewayFailure
    ? error
    : new GatewayFailure('INTERNAL', {
        reason: error instanceof Error ? (error.stack ?? error.message) : String(error),
      });

/** API Gateway takes an unknown route for a call of AWS's own kind, whose signature is missing or, if there is an Authorization header, not of that kind. */
const unknownRoute = ({ headers }: ApiRequest): GatewayFailure =>
  new GatewayFailure(headers.authorization === undefined ? 'MISSING_AUTHENTICATION_TOKEN' : 'INVALID_SIGNATURE');

const isDecodable = (path: string): boolean => {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
};

/** Answers what is not HTTP, or has too many headers. */
const refuse = (error: Error & { code?: string }, socket: Socket): void => {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const status = error.code === 'HPE_HEADER_OVERFLOW' ? 431 : 400;
  const body = JSON.stringify({ message: STATUS_CODES[status] });
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nconnection: close\r\ncontent-type: application/json`;
  socket.end(`${head}\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
};
