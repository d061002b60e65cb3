import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type * as z from 'zod';
import type { AgentRequest } from '../../functions/domain/contract/agent-protocol.ts';
import type { Cloud } from '../../lib/local/cloud.ts';
import { makeClient } from './client.ts';

/** What the agent does with a request. */
export type Behaviour =
  | { readonly kind: 'answer'; readonly delayMs?: number; readonly status?: string }
  /** Status 500. */
  | { readonly kind: 'fail' }
  /** Never answers. */
  | { readonly kind: 'hang' }
  /** Breaks every connection, a health check's too. */
  | { readonly kind: 'down' }
  /** Sends this, whatever it is. */
  | { readonly kind: 'say'; readonly text: string };

/** One request as the agent got it. Times are `performance.timeOrigin + performance.now()`, which no test moves. */
export interface AgentCall {
  readonly request: z.input<typeof AgentRequest>;
  readonly receivedMs: number;
  /** Undefined while it has not answered. */
  answeredMs?: number;
}

/** An agent on this machine's loopback address that does as it is told. */
export interface TestAgent {
  readonly agentId: string;
  readonly url: string;
  /** Oldest first. */
  readonly calls: readonly AgentCall[];
  callsOf(turnId: string): readonly AgentCall[];
  /** From now on; a function is asked for every request. */
  behave(behaviour: Behaviour | (() => Behaviour)): void;
  close(): Promise<void>;
}

const nowMs = (): number => performance.timeOrigin + performance.now();

const readBody = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
};

const sendJson = (response: ServerResponse, status: number, text: string): void => {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(text);
};

/** Starts an agent; it is healthy and answers at once until it is told otherwise. */
export const startTestAgent = async (agentId: string): Promise<TestAgent> => {
  const calls: AgentCall[] = [];
  let behaviour: () => Behaviour = () => ({ kind: 'answer' });

  const act = (call: AgentCall, response: ServerResponse): void => {
    const now = behaviour();
    switch (now.kind) {
      case 'hang':
        return;
      case 'down':
        response.destroy();
        return;
      case 'fail':
        sendJson(response, 500, '{"error":"as told"}');
        return;
      case 'say':
        sendJson(response, 200, now.text);
        return;
      case 'answer': {
        const content = `answer to ${call.request.message}`.slice(0, 200);
        const answer = { content, status: now.status ?? 'completed', metadata: { calls: calls.length } };
        setTimeout(() => {
          call.answeredMs = nowMs();
          sendJson(response, 200, JSON.stringify(answer));
        }, now.delayMs ?? 0);
        return;
      }
      default:
        now satisfies never;
    }
  };

  const checkHealth = (response: ServerResponse): void => {
    if (behaviour().kind === 'down') response.destroy();
    else sendJson(response, 200, '{"status":"healthy"}');
  };

  const server = createServer((request, response) => {
    if (request.method === 'GET') return checkHealth(response);
    const receivedMs = nowMs();
    readBody(request).then(
      (text) => {
        const body = JSON.parse(text);
        if (body.message_type === 'health_check') return checkHealth(response);
        const call = { request: body, receivedMs };
        calls.push(call);
        act(call, response);
      },
      () => response.destroy(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    agentId,
    url: `http://127.0.0.1:${port}/agent`,
    calls,
    callsOf: (turnId) => calls.filter(({ request }) => request.agent_metadata.turn_id === turnId),
    behave: (next) => {
      behaviour = typeof next === 'function' ? next : () => next;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

/** Registers an agent for all tenants of a cloud. Routers know of it within 5 s of the cloud's clock. */
export const registerAgent = async (
  cloud: Cloud,
  { agentId, url }: Pick<TestAgent, 'agentId' | 'url'>,
  fields: Readonly<Record<string, unknown>> = {},
): Promise<void> => {
  const client = makeClient(cloud.url, await cloud.token({ user: 'operator' }));
  const { status, body } = await client.post('/v1/agents', {
    agent_id: agentId,
    agent_type: 'code_generator',
    name: agentId,
    description: 'Does as a test tells it.',
    capabilities: ['implement'],
    specializations: [],
    endpoint_url: url,
    max_concurrent_requests: 1000,
    timeout_seconds: 60,
    visibility: 'global',
    ...fields,
  });
  if (status !== 201) throw new Error(`${agentId} was not registered: ${JSON.stringify(body)}`);
};
