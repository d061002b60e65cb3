import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeEndpointGuard } from '../../../functions/adapters/agents/endpoint-guard.ts';
import { makeHttpAgents } from '../../../functions/adapters/agents/http-agents.ts';
import { agentRequestOf } from '../../contracts/agent-caller.contract.ts';
import { type StagedServer, startServer } from '../../contracts/staged-server.ts';
import { agentDefinition, NOON_MS, patience } from '../../twins/samples.ts';

const MIB = 1024 * 1024;
const agents = makeHttpAgents({
  guard: makeEndpointGuard({ allowsLoopback: true, allowedHosts: undefined, resolve: async () => [] }),
  secrets: { read: () => Promise.reject(new Error('no secret is read')), doubt: () => undefined },
  stage: 'local',
  clock: () => NOON_MS,
});
const seen: { method: string | undefined; url: string | undefined; headers: object; body: string; port: number }[] = [];

type Route = (response: ServerResponse, request: IncomingMessage) => void;
const json = (value: unknown): string => JSON.stringify(value);
const endless = (response: ServerResponse): void => {
  const more = () => {
    if (response.destroyed) closed++;
    else response.write(' '.repeat(64 * 1024), () => setImmediate(more));
  };
  more();
};
/** Endless replies that noticed that nobody listens. */
let closed = 0;
/** Connections that `/dies-when-idle` has seen. */
const known = new Set<unknown>();

const ROUTES: Readonly<Record<string, Route>> = {
  '/answer': (response) => response.end(json({ content: 'yes' })),
  '/largest': (response) => response.end(json({ content: 'x'.repeat(2 * MIB - json({ content: '' }).length) })),
  '/huge': (response) => response.end(json({ content: 'x'.repeat(2 * MIB) })),
  '/endless': endless,
  '/redirect': (response) => response.writeHead(302, { location: '/health' }).end(),
  '/temporary': (response) => response.writeHead(307, { location: '/answer' }).end(),
  '/unavailable': (response) => response.writeHead(503).end('later'),
  '/too-many': (response) => response.writeHead(429).end('later'),
  '/wrong': (response) => response.writeHead(404).end(json({ content: 'not here' })),
  '/error-without-end': (response) => {
    response.writeHead(500);
    endless(response);
  },
  '/list': (response) => response.end('[]'),
  '/extra': (response) => response.end(json({ content: 'x', surprise: 1 })),
  '/empty': (response) => response.end(),
  '/drop': (response) => response.destroy(),
  '/half': (response) => {
    response.writeHead(200, { 'content-length': '1000' });
    response.write('{"content":', () => response.destroy());
  },
  '/garbage': (response) => response.socket?.end('this is not HTTP\r\n\r\n'),
  '/headers': (response) => response.writeHead(200, { 'x-large': 'x'.repeat(64 * 1024) }).end('{}'),
  '/stall': (response) => response.write('{"content":'),
  '/silent': () => undefined,
  '/dies-when-idle': (response, { socket }) => {
    if (known.has(socket)) socket.destroy();
    else response.end(json({ content: 'new' }));
    known.add(socket);
  },
  '/health': (response) => response.end(json({ status: 'degraded', detail: 'busy' })),
  '/ill': (response) => response.end(json({ status: 'unhealthy' })),
  '/hello': (response) => response.end('<html>hello</html>'),
  '/large-health': (response) => response.end(json({ status: 'healthy', more: 'x'.repeat(64 * 1024) })),
};

let server: StagedServer;
beforeAll(async () => {
  server = await startServer((request, response, body) => {
    const { method, url, headers, socket } = request;
    seen.push({ method, url, headers, body, port: socket.remotePort ?? 0 });
    (ROUTES[url ?? ''] ?? ((reply: ServerResponse) => reply.writeHead(500).end()))(response, request);
  });
});
afterAll(() => server.stop());

const at = (path: string, changes = {}) => ({
  owner: 'global' as const,
  definition: agentDefinition('helper', 'debugger', { endpoint_url: `${server.url}${path}`, ...changes }),
});
const call = (path: string, signal = AbortSignal.timeout(5_000), changes = {}) =>
  agents.call(at(path, changes), agentRequestOf('why?'), signal);
const probe = (path: string, signal = AbortSignal.timeout(5_000)) =>
  agents.probe(at('/answer', { health_check_url: `${server.url}${path}` }), signal);

describe('an HTTP agent', () => {
  it('gets the request in its wire form', async () => {
    expect(await call('/answer')).toEqual({ kind: 'answered', answer: { content: 'yes' } });
    const got = seen.at(-1);
    expect(got).toMatchObject({
      method: 'POST',
      url: '/answer',
      headers: { 'content-type': 'application/json', accept: 'application/json', 'user-agent': 'switchboard' },
    });
    expect(got?.headers).not.toHaveProperty('webhook-signature');
    expect(JSON.parse(got?.body ?? '')).toMatchObject({
      message: 'why?',
      conversation_history: [],
      context_data: { keep_me: true },
      agent_metadata: { sender_agent: 'user', message_type: 'user_query', role: 'debugger', attempt: 1 },
    });
  });

  it.each([
    ['/huge', 'failed', 'the answer is larger than 2097152 bytes'],
    ['/endless', 'failed', 'the answer is larger than 2097152 bytes'],
    ['/redirect', 'failed', 'the agent answered 302: redirects are not followed'],
    ['/temporary', 'failed', 'the agent answered 307: redirects are not followed'],
    ['/unavailable', 'busy', 'the agent is busy'],
    ['/too-many', 'busy', 'the agent is busy'],
    ['/wrong', 'failed', 'the agent answered 404'],
    ['/error-without-end', 'failed', 'the agent answered 500'],
    ['/list', 'failed', 'the agent sent something that is not an answer'],
    ['/empty', 'failed', 'the agent sent something that is not an answer'],
    ['/drop', 'failed', 'the connection broke off before the answer was whole'],
    ['/half', 'failed', 'the connection broke off before the answer was whole'],
    ['/garbage', 'failed', 'the connection broke off before the answer was whole'],
    ['/headers', 'failed', 'the connection broke off before the answer was whole'],
  ])('rejects what is no answer: %s', async (path, kind, reason) => {
    const before = seen.length;
    expect(await call(path)).toMatchObject({ kind, reason });
    // A kept connection may have ended: the request is then sent twice, to the same address.
    expect(new Set(seen.slice(before).map(({ url }) => url))).toEqual(new Set([path]));
  });

  it('has its connection closed when it says more than it may', async () => {
    const before = closed;
    await call('/endless');
    await expect.poll(() => closed).toBeGreaterThan(before);
  });

  it('may say two MiB, and more than is understood: the rest is left out', async () => {
    expect(await call('/largest')).toMatchObject({ kind: 'answered' });
    expect(await call('/extra')).toEqual({ kind: 'answered', answer: { content: 'x' } });
  });

  it.each(['/stall', '/silent'])('that goes silent has timed out when its signal says so: %s', async (path) => {
    expect(await call(path, AbortSignal.timeout(100))).toEqual({ kind: 'timed_out' });
  });

  it('that sends nothing for its own time has timed out, whatever the signal says', async () => {
    expect(await call('/silent', patience(), { timeout_seconds: 1 })).toEqual({ kind: 'timed_out' });
  });

  it('is not called once the signal has fired', async () => {
    const before = seen.length;
    expect(await call('/answer', AbortSignal.abort())).toEqual({ kind: 'timed_out' });
    expect(seen).toHaveLength(before);
  });

  it('that is not there could not be reached', async () => {
    const nobody = at('', { endpoint_url: 'http://127.0.0.1:1/' });
    const result = await agents.call(nobody, agentRequestOf('x'), AbortSignal.timeout(5_000));
    expect(result).toEqual({ kind: 'rejected', reason: 'the agent could not be reached', cause: 'ECONNREFUSED' });
  });

  it('keeps its connection for the next request', async () => {
    await call('/answer');
    const first = seen.at(-1)?.port;
    await call('/answer');
    expect(seen.at(-1)?.port).toBe(first);
  });

  it('survives a kept connection that has ended: it gets the request on a new one', async () => {
    expect(await call('/dies-when-idle')).toMatchObject({ kind: 'answered' });
    expect(await call('/dies-when-idle')).toMatchObject({ kind: 'answered' });
    expect(seen.slice(-2).map(({ url }) => url)).toEqual(['/dies-when-idle', '/dies-when-idle']);
  });
});

describe('a health check over HTTP', () => {
  it('is a GET of its own address', async () => {
    expect(await probe('/health')).toEqual({ kind: 'replied', reply: { status: 'degraded', detail: 'busy' } });
    expect(seen.at(-1)).toMatchObject({ method: 'GET', url: '/health', body: '' });
  });

  it('is a small POST to the endpoint without one', async () => {
    expect(await agents.probe(at('/ill'), AbortSignal.timeout(5_000))).toEqual({
      kind: 'replied',
      reply: { status: 'unhealthy' },
    });
    expect(seen.at(-1)).toMatchObject({ method: 'POST', url: '/ill', body: '{"message_type":"health_check"}' });
  });

  it.each([
    ['/silent', expect.stringMatching(/^no reply within 0\.\d s$/)],
    ['/stall', expect.stringMatching(/^no reply within 0\.\d s$/)],
    ['/endless', 'the reply is larger than 65536 bytes'],
    ['/large-health', 'the reply is larger than 65536 bytes'],
    ['/redirect', 'answered 302: redirects are not followed'],
    ['/wrong', 'answered 404'],
    ['/too-many', 'answered 429'],
    ['/hello', expect.stringMatching(/^the reply is not a health reply/)],
    ['/answer', expect.stringMatching(/^the reply is not a health reply/)],
    ['/half', 'the connection broke off before the reply was whole (ECONNRESET)'],
  ])('rejects what is no health, with words for whoever registers: %s', async (path, reason) => {
    expect(await probe(path, AbortSignal.timeout(200))).toMatchObject({ kind: 'failed', reason });
  });

  it('rejects an address where nobody listens', async () => {
    const nobody = at('/answer', { health_check_url: 'http://127.0.0.1:1/' });
    const reason = 'could not be reached (ECONNREFUSED)';
    expect(await agents.probe(nobody, AbortSignal.timeout(5_000))).toMatchObject({ kind: 'failed', reason });
  });
});
