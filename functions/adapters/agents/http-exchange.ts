import { once } from 'node:events';
import {
  type AgentOptions,
  type ClientRequest,
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
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

type Phase = 'connecting' | 'waiting' | 'reading';

/** Ends a request that stays too long in one phase. */
const watch = (
  outgoing: ClientRequest,
  { connectMs, headersMs, bodyIdleMs }: ExchangeLimits & { headersMs: number },
) => {
  let phase: Phase = 'connecting';
  let isLate = false;
  const strike = () => {
    isLate = true;
    outgoing.destroy();
  };
  let timer = setTimeout(strike, connectMs);
  const enter = (next: Phase, ms: number) => {
    phase = next;
    clearTimeout(timer);
    timer = setTimeout(strike, ms);
  };
  outgoing.once('socket', (socket) => {
    if (outgoing.reusedSocket) enter('waiting', headersMs);
    else socket.once('encrypted' in socket ? 'secureConnect' : 'connect', () => enter('waiting', headersMs));
  });
  return {
    phase: () => phase,
    isLate: () => isLate,
    reading: () => enter('reading', bodyIdleMs),
    stop: () => clearTimeout(timer),
  };
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
      const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
      const { statusCode: status = 0 } = response;
      if (!isSuccess(status)) {
        response.destroy();
        return { kind: 'replied', status, text: '' };
      }
      const text = await readText(response, request.maxBytes, watched.reading);
      return text === undefined ? { kind: 'too_large' } : { kind: 'replied', status, text };
    } catch (error) {
      if (error instanceof EndpointRefused) return { kind: 'refused', problem: error.message };
      if (signal.aborted) return { kind: 'timed_out' };
      if (watched.phase() === 'connecting')
        return { kind: 'unreachable', cause: watched.isLate() ? 'ETIMEDOUT' : codeOf(error) };
      if (watched.isLate()) return { kind: 'timed_out' };
      // A kept connection that the server, or a frozen function's sleep, has ended: the request is sent again on a new
      // one. Should the agent have seen it, its turn_id says that it is the same.
      if (outgoing.reusedSocket && watched.phase() === 'waiting') return exchange(request, signal, false);
      return { kind: 'broke_off', cause: codeOf(error) };
    } finally {
      watched.stop();
    }
  };
  return (request, signal) => exchange(request, signal, true);
};
