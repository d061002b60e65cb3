import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeHttpAgents } from '../../../functions/adapters/agents/http-agents.ts';
import { agentRequestOf } from '../../contracts/agent-caller.contract.ts';
import { type StagedServer, startServer } from '../../contracts/staged-server.ts';
import { agentDefinition } from '../../twins/samples.ts';

const MIB = 1024 * 1024;
const agents = makeHttpAgents();
const seen: { method: string | undefined; url: string | undefined; type: string | undefined; body: string }[] = [];

type Route = (response: ServerResponse, request: IncomingMessage) => void;
const json = (value: unknown): string => JSON.stringify(value);

const ROUTES: Readonly<Record<string, Route>> = {
  '/answer': (response) => response.end(json({ content: 'yes' })),
  '/huge': (response) => response.end(json({ content: 'x'.repeat(2 * MIB) })),
  '/endless': (response) => {
    const more = () => {
      if (response.destroyed) return;
      response.write('x'.repeat(64 * 1024), () => setImmediate(more));
    };
    more();
  },
  '/redirect': (response) => response.writeHead(307, { location: '/answer' }).end(),
  '/unavailable': (response) => response.writeHead(503).end('later'),
  '/wrong': (response) => response.writeHead(404).end(json({ content: 'not here' })),
  '/list': (response) => response.end('[]'),
  '/extra': (response) => response.end(json({ content: 'x', surprise: 1 })),
  '/empty': (response) => response.end(),
  '/drop': (response) => response.destroy(),
  '/half': (response) => {
    response.writeHead(200, { 'content-length': '1000' });
    response.write('{"content":', () => response.destroy());
  },
  '/stall': (response) => response.write('{"content":'),
  '/health': (response) => response.end(json({ status: 'degraded', detail: 'busy' })),
};

let server: StagedServer;
beforeAll(async () => {
  server = await startServer((request, response, body) => {
    const { method, url, headers } = request;
    seen.push({ method, url, type: headers['content-type'], body });
    (ROUTES[url ?? ''] ?? ((reply: ServerResponse) => reply.writeHead(500).end()))(response, request);
  });
});
afterAll(() => server.stop());

const at = (path: string, changes = {}) =>
  agentDefinition('helper', 'debugger', { endpoint_url: `${server.url}${path}`, ...changes });
const call = (path: string, timeoutMs = 5_000) =>
  agents.call(at(path), agentRequestOf('why?'), AbortSignal.timeout(timeoutMs));

describe('an HTTP agent', () => {
  it('gets the request in its wire form', async () => {
    expect(await call('/answer')).toEqual({ kind: 'answered', answer: { content: 'yes' } });
    const got = seen.at(-1);
    expect(got).toMatchObject({ method: 'POST', url: '/answer', type: 'application/json' });
    expect(JSON.parse(got?.body ?? '')).toMatchObject({
      message: 'why?',
      conversation_history: [],
      context_data: { keep_me: true },
      agent_metadata: { sender_agent: 'user', message_type: 'user_query', role: 'debugger', attempt: 1 },
    });
  });

  it.each([
    ['/huge', 'failed', 'the answer is too large'],
    ['/endless', 'failed', 'the answer is too large'],
    ['/redirect', 'rejected', 'the agent could not be reached'],
    ['/unavailable', 'rejected', 'the agent is busy'],
    ['/wrong', 'failed', 'the agent answered 404'],
    ['/list', 'failed', 'the agent sent something that is not an answer'],
    ['/empty', 'failed', 'the agent sent something that is not an answer'],
    ['/drop', 'rejected', 'the agent could not be reached'],
  ])('rejects what is no answer: %s', async (path, kind, reason) => {
    const before = seen.length;
    expect(await call(path)).toMatchObject({ kind, reason });
    expect(seen.slice(before).map(({ url }) => url)).toEqual([path]);
  });

  it('may say more than is understood: the rest is left out', async () => {
    expect(await call('/extra')).toEqual({ kind: 'answered', answer: { content: 'x' } });
  });

  it('that breaks off in the middle of its answer has failed', async () => {
    expect(await call('/half')).toMatchObject({ kind: 'failed', reason: 'the answer broke off' });
  });

  it('that stalls in the middle of its answer has timed out', async () => {
    expect(await call('/stall', 100)).toEqual({ kind: 'timed_out' });
  });

  it('that is not there could not be reached', async () => {
    const nobody = agentDefinition('helper', 'debugger', { endpoint_url: 'http://127.0.0.1:1/' });
    const result = await agents.call(nobody, agentRequestOf('x'), AbortSignal.timeout(5_000));
    expect(result).toMatchObject({ kind: 'rejected', reason: 'the agent could not be reached' });
  });

  it('is checked with a GET, at its own address for that', async () => {
    const agent = at('/answer', { health_check_url: `${server.url}/health` });
    expect(await agents.probe(agent, AbortSignal.timeout(5_000))).toEqual({ status: 'degraded', detail: 'busy' });
    expect(seen.at(-1)).toMatchObject({ method: 'GET', url: '/health' });
    expect(await agents.probe(at('/wrong'), AbortSignal.timeout(5_000))).toBeUndefined();
  });
});
