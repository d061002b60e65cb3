import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { GatewayFailure } from './gateway-responses.ts';

/** API Gateway's limit for a request's body, bytes. */
const MAX_BODY_BYTES = 10 * 1024 * 1024;
/** Who sends more than this is cut off instead of being read to the end. */
const MAX_READ_BYTES = 64 * 1024 * 1024;

/** One HTTP request, read to its end. */
export interface ApiRequest {
  readonly requestId: string;
  readonly traceId: string;
  readonly method: string;
  /** As sent, percent-encoded, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** Names as sent and all values, in the order of their first occurrence. */
  readonly headerValues: readonly { readonly name: string; readonly values: readonly string[] }[];
  readonly sourceIp: string;
  /** Milliseconds since the epoch, cloud clock. */
  readonly receivedMs: number;
}

/** What is known before the body is read. */
export const readHead = (request: IncomingMessage, receivedMs: number): ApiRequest => {
  const [, path = '/', query = ''] = /^([^?]*)\??(.*)$/s.exec(request.url ?? '/') ?? [];
  return {
    requestId: randomUUID(),
    traceId: `Root=1-${Math.floor(receivedMs / 1000).toString(16)}-${randomUUID().replaceAll('-', '').slice(0, 24)}`,
    method: request.method ?? 'GET',
    // An absolute URL in the request line is allowed.
    path: path.replace(/^https?:\/\/[^/]*/i, '') || '/',
    query: new URLSearchParams(query),
    headers: request.headers,
    headerValues: collectHeaders(request.rawHeaders),
    sourceIp: request.socket.remoteAddress?.replace(/^::ffff:/, '') ?? '127.0.0.1',
    receivedMs,
  };
};

/**
 * Reads the body. One that is too large is still read to its end, so that the client sees the answer instead of a
 * broken connection.
 * @throws GatewayFailure REQUEST_TOO_LARGE
 */
export const readBody = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_READ_BYTES) break;
    if (bytes <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  if (bytes > MAX_BODY_BYTES) throw new GatewayFailure('REQUEST_TOO_LARGE');
  return Buffer.concat(chunks);
};

const collectHeaders = (raw: readonly string[]) => {
  const byName = new Map<string, { name: string; values: string[] }>();
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = raw[index] ?? '';
    const entry = byName.get(name.toLowerCase()) ?? { name, values: [] };
    byName.set(name.toLowerCase(), entry);
    entry.values.push(raw[index + 1] ?? '');
  }
  return [...byName.values()];
};
