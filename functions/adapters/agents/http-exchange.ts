import {
  type AgentOptions,
  type ClientRequest,
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { LookupFunction, Socket } from 'node:net';
import { type EndpointGuard, EndpointRefused } from './endpoint-guard.ts';

export interface HttpRequest {
  /** One that the guard admitted. */
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Sent by POST; without it the request is a GET. */
  readonly body?: string | undefined;
  /** Longest time from the sent request to the reply's headers. */
  readonly headersMs: number;
  /** Most bytes that the reply's body may have. */
  readonly maxBytes: number;
}

/** How an exchange ended; `cause` is the code of an error, never its text. */
export type HttpOutcome =
  /** `text` is empty unless the status is 2xx. */
  | { readonly kind: 'replied'; readonly status: number; readonly text: string }
  | { readonly kind: 'too_large' }
  /** The name leads where no agent may be; nothing was sent. */
  | { readonly kind: 'refused'; readonly problem: string }
  /** There was no connection; nothing was sent. */
  | { readonly kind: 'unreachable'; readonly cause: string }
  /** The connection ended under way. */
  | { readonly kind: 'broke_off'; readonly cause: string }
  /** One of the time limits, or the signal. */
  | { readonly kind: 'timed_out' };

type Exchange = (request: HttpRequest, signal: AbortSignal) => Promise<HttpOutcome>;

export interface ExchangeLimits {
  /** From name to finished TLS handshake. */
  readonly connectMs: number;
  /** Longest silence within a body. */
  readonly bodyIdleMs: number;
}
const LIMITS: ExchangeLimits = { connectMs: 4_000, bodyIdleMs: 15_000 };
/** Servers close idle connections after 5 s (Node's default) or later. */
const POOL: AgentOptions = { keepAlive: true, timeout: 4_500 };

const coded = (code: string, message: string): Error => Object.assign(new Error(message), { code });

/** Most bytes before a reply's head is whole; Node bounds the head itself, but not interim replies and empty lines before it. */
const MAX_HEAD_BYTES = 64 * 1024;
const HEAD_CHECK_MS = 50;

type Phase = 'connecting' | 'waiting' | 'reading';

/** Ends a request that stays too long in one phase, or whose reply does not begin for all that is said. */
const watch = (
  outgoing: ClientRequest,
  { connectMs, headersMs, bodyIdleMs }: ExchangeLimits & { headersMs: number },
) => {
  let phase: Phase = 'connecting';
  let isLate = false;
  let floodCheck: NodeJS.Timeout | undefined;
  const strike = () => {
    isLate = true;
    outgoing.destroy();
  };
  let timer = setTimeout(strike, connectMs);
  const enter = (next: Phase, ms: number) => {
    phase = next;
    clearTimeout(timer);
    clearInterval(floodCheck);
    timer = setTimeout(strike, ms);
  };
  const awaitHead = (socket: Socket) => {
    enter('waiting', headersMs);
    const bytesBefore = socket.bytesRead;
    floodCheck = setInterval(() => {
      if (socket.bytesRead - bytesBefore > MAX_HEAD_BYTES)
        outgoing.destroy(coded('HPE_HEADER_OVERFLOW', 'there is no end of what precedes the reply'));
    }, HEAD_CHECK_MS);
  };
  outgoing.once('socket', (socket) => {
    if (outgoing.reusedSocket) awaitHead(socket);
    else socket.once('encrypted' in socket ? 'secureConnect' : 'connect', () => awaitHead(socket));
  });
  return {
    phase: () => phase,
    isLate: () => isLate,
    reading: () => enter('reading', bodyIdleMs),
    stop: () => {
      clearTimeout(timer);
      clearInterval(floodCheck);
    },
  };
};

/** The reply's head, or what ended the wait for it: Node tells of that by one of four events. */
const headOf = (outgoing: ClientRequest): Promise<IncomingMessage> => {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  outgoing.once('response', resolve);
  // A server that switches protocols, unasked. Without a listener Node ends the connection and says nothing but 'close'.
  outgoing.once('upgrade', (response, socket) => {
    socket.destroy();
    resolve(response);
  });
  outgoing.once('error', reject);
  outgoing.once('close', () => reject(coded('ECONNRESET', 'the connection ended without a reply')));
  return promise;
};

/** The whole body; undefined, and the connection closed, when it is too large. */
const readText = async (
  response: IncomingMessage,
  maxBytes: number,
  onChunk: () => void,
): Promise<string | undefined> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  onChunk();
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) return undefined;
    chunks.push(chunk);
    onChunk();
  }
  return Buffer.concat(chunks).toString('utf8');
};

/** An error's code, if it has one of ordinary form. */
const codeOf = (error: unknown): string => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return /^[A-Z][A-Z0-9_]{1,63}$/.test(code) ? code : 'UNKNOWN';
};

const isSuccess = (status: number): boolean => status >= 200 && status < 300;

/**
 * Sends requests over HTTPS, or HTTP where the guard admits it, to the very addresses that the guard has checked. No
 * redirect is followed; connections are kept for the next request.
 */
export const makeHttpExchange = (guard: Pick<EndpointGuard, 'addressesOf'>, limits = LIMITS): Exchange => {
  const pools = { 'http:': new HttpAgent(POOL), 'https:': new HttpsAgent(POOL) };

  const lookup: LookupFunction = (name, { all }, callback) => {
    guard.addressesOf(name).then(
      (addresses) => {
        const [first] = addresses;
        if (all || first === undefined) callback(null, [...addresses]);
        else callback(null, first.address, first.family);
      },
      (error: Error) => callback(error, ''),
    );
  };

  const open = ({ url, headers, body }: HttpRequest, signal: AbortSignal, isPooled: boolean): ClientRequest => {
    const isPlain = url.protocol === 'http:';
    const outgoing = (isPlain ? httpRequest : httpsRequest)(url, {
      method: body === undefined ? 'GET' : 'POST',
      headers: body === undefined ? headers : { ...headers, 'content-length': Buffer.byteLength(body) },
      agent: isPooled && pools[isPlain ? 'http:' : 'https:'],
      lookup,
      signal,
    });
    // A fault after the reply began shows in its body; without a listener it would end the process.
    outgoing.on('error', () => undefined);
    return outgoing.end(body);
  };

  const exchange = async (request: HttpRequest, signal: AbortSignal, isPooled: boolean): Promise<HttpOutcome> => {
    const outgoing = open(request, signal, isPooled);
    const watched = watch(outgoing, { ...limits, headersMs: request.headersMs });
    try {
      const response = await headOf(outgoing);
      const { statusCode: status = 0 } = response;
      if (!isSuccess(status)) {
        response.destroy();
        return { kind: 'replied', status, text: '' };
      }
      const text = await readText(response, request.maxBytes, watched.reading);
      if (text === undefined) return { kind: 'too_large' };
      // A body that lasts until the connection ends has its end there, whoever ended it.
      return signal.aborted || watched.isLate() ? { kind: 'timed_out' } : { kind: 'replied', status, text };
    } catch (error) {
      if (error instanceof EndpointRefused) return { kind: 'refused', problem: error.message };
      if (signal.aborted) return { kind: 'timed_out' };
      if (watched.phase() === 'connecting')
        return { kind: 'unreachable', cause: watched.isLate() ? 'ETIMEDOUT' : codeOf(error) };
      if (watched.isLate()) return { kind: 'timed_out' };
      // A kept connection that the server, or a frozen function's sleep, has ended: the request is sent again on a new
      // one. Should the agent have seen it, its turn_id says that it is the same. Not so where a server spoke, but not HTTP.
      const cause = codeOf(error);
      const isStale = outgoing.reusedSocket && watched.phase() === 'waiting' && !cause.startsWith('HPE_');
      return isStale ? exchange(request, signal, false) : { kind: 'broke_off', cause };
    } finally {
      watched.stop();
    }
  };
  return (request, signal) => exchange(request, signal, true);
};
