import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { MAX_REPLY_BYTES, type Reply, type Sending, type Target } from './target.ts';

type Missing = Pick<Extract<Reply, { kind: 'none' }>, 'why' | 'reason'>;

/** Thrown within this file alone: a reply that is not read to its end. */
class TooLarge extends Error {}

/** Connections are kept, as Switchboard keeps them: an agent that loses its place on one is found out. */
const AGENTS = { 'http:': new HttpAgent({ keepAlive: true }), 'https:': new HttpsAgent({ keepAlive: true }) };

const codeOf = (error: unknown): string => {
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? message;
};

const readBody = async (response: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.byteLength;
    if (bytes > MAX_REPLY_BYTES) throw new TooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
};

/** The head of a response. A kept connection that the agent had just closed is not its fault: that is tried once more. */
const open = (url: URL, sending: Sending, signal: AbortSignal, mayRepeat = true): Promise<IncomingMessage> => {
  const isSecure = url.protocol === 'https:';
  const { method, body } = sending;
  const headers =
    method === 'GET' ? sending.headers : { ...sending.headers, 'content-length': Buffer.byteLength(body) };
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const agent = isSecure ? AGENTS['https:'] : AGENTS['http:'];
  const request = (isSecure ? requestHttps : requestHttp)(url, { method, headers, agent, signal }, resolve);
  // A server that switches protocols, unasked. Without a listener Node ends the connection and says nothing but 'close'.
  request.on('upgrade', (response, socket) => {
    socket.destroy();
    resolve(response);
  });
  request.on('close', () => reject(Object.assign(new Error('no reply'), { code: 'ECONNRESET' })));
  request.on('error', (error) => {
    const isStale = request.reusedSocket && codeOf(error) === 'ECONNRESET' && mayRepeat;
    if (isStale) open(url, sending, signal, false).then(resolve, reject);
    else reject(error);
  });
  request.end(method === 'GET' ? undefined : body);
  return promise;
};

const missing = (error: unknown, signal: AbortSignal, timeoutMs: number, hasBegun: boolean): Missing => {
  if (error instanceof TooLarge)
    return { why: 'too_large', reason: `answered with more than 2 MiB (${MAX_REPLY_BYTES} bytes)` };
  if (signal.aborted) return { why: 'timed_out', reason: `gave no whole reply within ${timeoutMs / 1000} s` };
  if (hasBegun) return { why: 'broke_off', reason: `broke its reply off (${codeOf(error)})` };
  const isReset = ['ECONNRESET', 'EPIPE'].includes(codeOf(error));
  return isReset
    ? { why: 'broke_off', reason: `closed the connection without a reply (${codeOf(error)})` }
    : { why: 'unreachable', reason: `could not be reached (${codeOf(error)})` };
};

/** An agent that is an HTTP server. Redirects are not followed. */
export const makeHttpTarget = (address: string): Target => ({
  kind: 'http',
  address,
  send: async (sending) => {
    const startedMs = performance.now();
    const signal = AbortSignal.timeout(sending.timeoutMs);
    const tookMs = () => performance.now() - startedMs;
    let response: IncomingMessage | undefined;
    try {
      response = await open(new URL(address), sending, signal);
      const { statusCode: status = 0, headers } = response;
      const body = status < 200 ? '' : await readBody(response);
      // A body that lasts until the connection ends has its end there, whoever ended it.
      signal.throwIfAborted();
      if (status >= 200 && status < 300)
        return { kind: 'answered', contentType: headers['content-type'] ?? '', body, tookMs: tookMs() };
      return { kind: 'fault', status, name: `HTTP ${status}`, location: headers.location, body, tookMs: tookMs() };
    } catch (error) {
      response?.destroy();
      return { kind: 'none', ...missing(error, signal, sending.timeoutMs, response !== undefined), tookMs: tookMs() };
    }
  },
});
