import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ServiceReply } from '../types.ts';
import type { HttpCall } from './aws-call.ts';
import { ConnectionReset } from './connection-reset.ts';
import { ServiceError } from './service-error.ts';
import { SERVICE_LIMITS } from './service-limits.ts';

/**
 * Reads a whole request.
 * @throws ServiceError (413) above the largest request that any service takes
 * @throws ConnectionReset if the caller goes before its request is whole
 */
export const readHttpCall = async (request: IncomingMessage): Promise<HttpCall> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of request) {
      bytes += chunk.length;
      if (bytes <= SERVICE_LIMITS.requestBytes) chunks.push(chunk);
    }
  } catch (cause) {
    throw new ConnectionReset('The caller closed the connection', { cause });
  }
  if (bytes > SERVICE_LIMITS.requestBytes) {
    const message = `Request must be smaller than ${SERVICE_LIMITS.requestBytes} bytes`;
    throw new ServiceError('RequestEntityTooLargeException', message, 413);
  }
  const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)] as const);
  return {
    method: request.method ?? 'GET',
    path: request.url ?? '/',
    headers: Object.fromEntries(headers),
    body: Buffer.concat(chunks),
  };
};

/** Headers of an engine's reply that describe its own connection or bytes. */
const OWN_HEADERS = new Set(['connection', 'content-length', 'date', 'keep-alive', 'transfer-encoding', 'x-amz-crc32']);

/**
 * Sends a reply and returns its length in bytes. A streamed body is read to its end even if the caller has gone: the
 * function that writes it runs on, as in Lambda.
 */
export const writeReply = async (response: ServerResponse, reply: ServiceReply, nowMs: number): Promise<number> => {
  const passed = Object.entries(reply.headers).filter(([name]) => !OWN_HEADERS.has(name.toLowerCase()));
  const headers = {
    date: new Date(nowMs).toUTCString(),
    'x-amzn-requestid': randomUUID(),
    ...Object.fromEntries(passed),
  };
  if (Buffer.isBuffer(reply.body)) {
    response.writeHead(reply.status, { ...headers, 'content-length': reply.body.length }).end(reply.body);
    return reply.body.length;
  }
  response.writeHead(reply.status, headers).flushHeaders();
  const closed = once(response, 'close');
  let bytes = 0;
  for await (const chunk of reply.body) {
    bytes += chunk.length;
    if (!response.destroyed && !response.write(chunk)) await Promise.race([once(response, 'drain'), closed]);
  }
  response.end();
  return bytes;
};
