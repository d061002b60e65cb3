import { type Call, type Fault, reply, stream, TOKEN } from './planted-agent.ts';

export const TRACE = 'Error: x\n    at answer (/srv/agent/app.js:3:14)';
export const MIB = 1024 * 1024;

export const isTurn = ({ json }: Call): boolean => typeof json?.message === 'string';
/** Fails a call that `hits`. */
export const failing =
  (status: number, hits: (call: Call) => unknown): Fault =>
  (call) =>
    hits(call) ? reply(call, status, { detail: 'no' }) : undefined;
/** Does something else with a call that `hits`. */
export const doing =
  (act: (call: Call) => void, hits: (call: Call) => boolean = () => true): Fault =>
  (call) => {
    if (!hits(call)) return undefined;
    act(call);
    return true;
  };
/** Answers a turn with something else. */
export const answering =
  (value: unknown, type?: string): Fault =>
  (call) =>
    isTurn(call) ? reply(call, 200, value, type) : undefined;
export const healthy =
  (value: unknown): Fault =>
  (call) =>
    call.json?.message_type === 'health_check' ? reply(call, 200, value) : undefined;
export const streaming =
  (...events: (readonly [string, unknown])[]): Fault =>
  (call) =>
    call.request.headers.accept === 'text/event-stream' ? stream(call, events) : undefined;
export const yes = { content: 'yes' };
/** Looks at the caller's credentials, but accepts signatures that `excuses`. */
export const accepting =
  (excuses: (call: Call) => boolean): Fault =>
  (call) =>
    isTurn(call) && call.request.headers.authorization === `Bearer ${TOKEN}` && excuses(call)
      ? reply(call, 200, yes)
      : undefined;

export const switching = ({ response: { socket } }: Call): void => {
  socket?.write('HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n');
};
/** Begins an answer and goes on for ever, in chunks or until the connection is closed. */
export const endless =
  (framing: 'chunked' | 'none'): ((call: Call) => void) =>
  ({ response }) => {
    if (framing === 'none') response.useChunkedEncodingByDefault = false;
    response.writeHead(200, { 'content-type': 'application/json' });
    const timer = setInterval(() => response.write(' '), 20);
    response.on('close', () => clearInterval(timer));
  };
/** Levels of lists in a list, as JSON. */
export const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);

export const ageSeconds = ({ request }: Call) => Date.now() / 1000 - Number(request.headers['webhook-timestamp']);

let lastName = 'nothing';
/** Answers later, with what was asked last. */
export const mixing: Fault = (call) => {
  const name = /task_\w+/.exec(call.json?.message)?.[0];
  if (name === undefined) return undefined;
  lastName = name;
  setTimeout(() => reply(call, 200, { content: `Saw ${lastName}.` }), 100);
  return true;
};

export const late =
  (ms: number): Fault =>
  (call) => {
    if (!(call.json?.agent_metadata?.deadline_ms < 1_000)) return undefined;
    setTimeout(() => reply(call, 200, yes), ms);
    return true;
  };

const seenIds = new Set<unknown>();
export const refusingRepeats: Fault = (call) => {
  const id = call.request.headers['webhook-id'];
  if (seenIds.has(id)) return reply(call, 409, { detail: 'no' });
  seenIds.add(id);
  return undefined;
};

let isUpset = false;
export const upset: Fault = (call) => {
  const wasUpset = isUpset;
  isUpset = call.json !== undefined && call.json.agent_metadata === undefined;
  return wasUpset && isTurn(call) ? reply(call, 500, { detail: 'no' }) : undefined;
};
