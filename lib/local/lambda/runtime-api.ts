import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FunctionFailed } from './function-failures.ts';

/** Largest reply of a buffered invocation, bytes: 6 MB and a little for Lambda's own envelope. */
const MAX_REPLY_BYTES = 6 * 1024 * 1024 + 100;

/** What an instance gets for its `next`. */
export interface RuntimeEvent {
  readonly requestId: string;
  readonly payload: Buffer;
  /** Milliseconds since the epoch by the instance's own clock. */
  readonly deadlineMs: number;
  readonly invokedFunctionArn: string;
  readonly traceId: string;
  readonly clockOffsetMs: number;
}

/** The host's side of one instance: what its process asks and tells. */
interface RuntimePeer {
  /** The process is ready for an event: `deliver` hands it over. */
  ready(deliver: (event: RuntimeEvent) => void): void;
  replied(requestId: string, payload: Buffer): void;
  /** A streamed reply begins; `chunks` throws `FunctionFailed` when the handler fails midway. */
  streaming(requestId: string, contentType: string, chunks: AsyncIterable<Uint8Array>): void;
  /** `error` is JSON `{errorType, errorMessage, trace}`. */
  failed(requestId: string, error: Buffer): void;
  initFailed(error: Buffer): void;
}

export interface RuntimeApi {
  /** Value of `AWS_LAMBDA_RUNTIME_API` for the instance with this key. */
  address(key: string): string;
  register(key: string, peer: RuntimePeer): void;
  unregister(key: string): void;
  close(): Promise<void>;
}

/**
 * Serves Lambda's Runtime API to every instance at one port of 127.0.0.1; an instance is told apart by the secret key
 * that begins its paths.
 */
export const startRuntimeApi = async (): Promise<RuntimeApi> => {
  const peers = new Map<string, RuntimePeer>();
  const server = createServer((request, response) => {
    const [, key = '', ...path] = (request.url ?? '').split('/');
    const peer = peers.get(key);
    const route = path.slice(2);
    if (peer === undefined || path[0] !== '2018-06-01' || path[1] !== 'runtime') return answer(response, 404);
    serve(peer, route, request, response).catch(() => {
      // Reading the request failed: the process died in the middle of it, and its end is noticed elsewhere.
      response.destroy();
    });
  });
  // An instance may work for minutes between two calls; a connection closed meanwhile would end it.
  server.keepAliveTimeout = 0;
  server.requestTimeout = 0;
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    address: (key) => `127.0.0.1:${port}/${key}`,
    register: (key, peer) => void peers.set(key, peer),
    unregister: (key) => void peers.delete(key),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

const serve = async (peer: RuntimePeer, route: string[], request: IncomingMessage, response: ServerResponse) => {
  const [area, id = '', what] = route;
  if (request.method === 'GET' && area === 'invocation' && id === 'next') {
    peer.ready((event) => deliver(response, event));
  } else if (request.method === 'POST' && area === 'invocation' && what === 'response') {
    await takeReply(peer, id, request, response);
  } else if (request.method === 'POST' && area === 'invocation' && what === 'error') {
    const error = await read(request);
    answer(response, 202);
    peer.failed(id, error);
  } else if (request.method === 'POST' && area === 'init' && id === 'error') {
    const error = await read(request);
    answer(response, 202);
    peer.initFailed(error);
  } else answer(response, 404);
};

const takeReply = async (peer: RuntimePeer, id: string, request: IncomingMessage, response: ServerResponse) => {
  if (request.headers['lambda-runtime-function-response-mode'] === 'streaming') {
    const contentType = request.headers['content-type'] ?? 'application/octet-stream';
    peer.streaming(id, contentType, chunksOf(request, response));
    return;
  }
  const payload = await read(request);
  if (payload.length > MAX_REPLY_BYTES) {
    answer(response, 413, {
      errorType: 'Function.ResponseSizeTooLarge',
      errorMessage: `Response payload size (${payload.length} bytes) exceeded maximum allowed payload size (${MAX_REPLY_BYTES} bytes).`,
    });
    return;
  }
  answer(response, 202);
  peer.replied(id, payload);
};

/**
 * The chunks of a streamed reply as they come; the process gets its answer when the last one has been taken. A consumer
 * that stops early does not stop the function. Throws whatever the connection broke with if the process died.
 */
async function* chunksOf(request: IncomingMessage, response: ServerResponse): AsyncGenerator<Uint8Array> {
  request.once('end', () => answer(response, 202));
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false })) yield chunk;
  } finally {
    request.resume();
  }
  const error = request.trailers['lambda-runtime-function-error-body'];
  if (error !== undefined) throw new FunctionFailed(Buffer.from(error, 'base64'));
}

const deliver = (response: ServerResponse, event: RuntimeEvent): void => {
  response.writeHead(200, {
    'content-type': 'application/json',
    'content-length': event.payload.length,
    'lambda-runtime-aws-request-id': event.requestId,
    'lambda-runtime-deadline-ms': event.deadlineMs,
    'lambda-runtime-invoked-function-arn': event.invokedFunctionArn,
    'lambda-runtime-trace-id': event.traceId,
    'lambda-runtime-clock-offset-ms': event.clockOffsetMs,
  });
  response.end(event.payload);
};

const answer = (response: ServerResponse, status: number, body: object = { status: 'OK' }): void => {
  const text = JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  response.end(text);
};

const read = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
};
