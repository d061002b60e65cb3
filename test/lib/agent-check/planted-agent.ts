import { createHmac } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type StagedServer, startServer } from '../../contracts/staged-server.ts';

export const KEY = 'whsec_c3dpdGNoYm9hcmQgYWdlbnQgY2hlY2sga2V5IDEyMw==';
export const TOKEN = 'agent-token';

/** A request to the agent under test. */
export interface Call {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly body: string;
  /** The body as JSON; undefined if it is none, or no object. */
  // biome-ignore lint/suspicious/noExplicitAny: what comes is what is tested
  readonly json: any;
}

/** A planted fault: answers a call itself and returns true, or leaves it to the right agent. */
export type Fault = (call: Call) => boolean | undefined;

const objectIn = (body: string): unknown => {
  try {
    const value: unknown = JSON.parse(body);
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
};

export const reply = ({ response }: Call, status: number, value: unknown, type = 'application/json'): true => {
  response.writeHead(status, { 'content-type': type });
  response.end(typeof value === 'string' ? value : JSON.stringify(value));
  return true;
};

const isSigned = ({ request: { headers }, body }: Call): boolean => {
  const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signature } = headers;
  const right = createHmac('sha256', Buffer.from(KEY.slice(6), 'base64'))
    .update(`${id}.${at}.${body}`)
    .digest('base64');
  return signature === `v1,${right}` && Math.abs(Date.now() / 1000 - Number(at)) <= 300;
};

export const stream = ({ response }: Call, events: readonly (readonly [string, unknown])[]): true => {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.end(events.map(([event, value]) => `event: ${event}\ndata: ${JSON.stringify(value)}\n\n`).join(''));
  return true;
};

/** Does everything right. */
const answerRightly = (call: Call): true => {
  const { request, json, body } = call;
  if (request.method !== 'POST') return reply(call, 405, { detail: 'POST only' });
  if (request.headers.authorization !== `Bearer ${TOKEN}`) return reply(call, 401, { detail: 'who are you?' });
  if (!isSigned(call)) return reply(call, 403, { detail: 'not signed' });
  if (Buffer.byteLength(body) > 6 * 1024 * 1024) return reply(call, 413, { detail: 'too large' });
  if (json?.message_type === 'health_check') return reply(call, 200, { status: 'healthy' });
  if (typeof json?.message !== 'string') return reply(call, 400, { detail: 'not a request' });
  const name = /task_\w+/.exec(json.message)?.[0] ?? 'nothing';
  const answer = json.message.includes('README')
    ? { content: 'Not mine.', handoff: { agent_type: 'documentation', reason: 'prose' } }
    : { content: `Saw ${name}.`, status: 'completed' };
  if (request.headers.accept !== 'text/event-stream') return reply(call, 200, answer);
  const half = answer.content.length / 2;
  const deltas = [answer.content.slice(0, half), answer.content.slice(half)].map(
    (text) => ['delta', { text }] as const,
  );
  return stream(call, [...deltas, ['done', answer]]);
};

/** An agent that does everything right but for one fault. */
export const startAgent = (fault: Fault = () => undefined): Promise<StagedServer> =>
  startServer((request, response, body) => {
    const call = { request, response, body, json: objectIn(body) };
    if (fault(call) !== true) answerRightly(call);
  });
