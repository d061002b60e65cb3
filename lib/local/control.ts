import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AlarmView } from './alarms/alarms.ts';
import { summarizeMetrics } from './alarms/metric-summary.ts';
import type { Secrets } from './engines/secrets.ts';
import type { ScheduleRun } from './events/schedules.ts';
import type { CloudClock, FunctionHost, Ledger, MetricStore } from './types.ts';

/** Everything under it belongs to the local cloud, not to the stacks. */
const CONTROL_PREFIX = '/_local/';
/** Calls shown when none are asked for by turn. */
const DEFAULT_CALLS = 1000;
/** The longest secret. */
const MAX_BODY_BYTES = 65_536;

interface Controlled {
  readonly host: Pick<FunctionHost, 'list' | 'kill'>;
  readonly clock: CloudClock;
  readonly ledger: Ledger;
  readonly metrics: MetricStore;
  runSchedules(): Promise<readonly ScheduleRun[]>;
  /** Moves the clock and lets everything that depends on time look at it. */
  advanceClock(ms: number): Promise<void>;
  alarms(): readonly AlarmView[];
  queues(): unknown;
  readonly secrets: Pick<Secrets, 'put'>;
}

/** A request that the control routes can't serve. */
class ControlFailure extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

interface Route {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: RegExp;
  /** `body` is JSON of a POST, `text` the bytes of any. */
  readonly answer: (input: { parameter: string; query: URLSearchParams; body: unknown; text: string }) => unknown;
}

/**
 * The routes by which a person, a test or the benchmark looks into the local cloud and moves it. They are for this machine
 * only: other addresses, other host names (DNS rebinding) and other sites' pages are refused.
 *
 * @param documents answers what else lives under the prefix; false if the path is not its own
 * @returns true if it took the request
 */
export const controlRoutes = (
  controlled: Controlled,
  documents: (request: IncomingMessage, response: ServerResponse) => boolean,
): ((request: IncomingMessage, response: ServerResponse) => boolean) => {
  const routes = routesOf(controlled);
  return (request, response) => {
    const url = new URL(`http://local${request.url?.startsWith('/') ? request.url : '/'}`);
    if (!url.pathname.startsWith(CONTROL_PREFIX)) return false;
    if (!isOwnMachine(request)) sendProblem(response, 403, 'the control routes are for this machine only');
    else if (!documents(request, response)) answer(routes, url, request, response);
    return true;
  };
};

const routesOf = ({ host, clock, ledger, metrics, ...rest }: Controlled): readonly Route[] => [
  { method: 'GET', path: /^functions$/, answer: () => host.list() },
  {
    method: 'POST',
    path: /^functions\/([^/]+)\/kill$/,
    answer: ({ parameter }) => {
      if (!host.list().some(({ id }) => id === parameter))
        throw new ControlFailure(404, `there is no function ${parameter}`);
      return { killed: host.kill(parameter) };
    },
  },
  { method: 'POST', path: /^schedules\/run$/, answer: () => rest.runSchedules() },
  {
    method: 'POST',
    path: /^clock\/advance$/,
    answer: async ({ body }) => {
      const ms = typeof body === 'object' && body !== null && 'ms' in body ? body.ms : undefined;
      if (typeof ms !== 'number' || !Number.isSafeInteger(ms) || ms < 0)
        throw new ControlFailure(400, 'the body must be {"ms": n}, n a whole number of milliseconds, not negative');
      await rest.advanceClock(ms);
      return { now_ms: clock.now(), offset_ms: clock.offsetMs() };
    },
  },
  { method: 'GET', path: /^calls$/, answer: ({ query }) => calls(ledger, query) },
  { method: 'GET', path: /^metrics$/, answer: () => summarizeMetrics(metrics.all()) },
  { method: 'GET', path: /^alarms$/, answer: () => rest.alarms() },
  { method: 'GET', path: /^queues$/, answer: () => rest.queues() },
  {
    method: 'PUT',
    path: /^secrets\/(.+)$/,
    answer: ({ parameter, text }) => {
      try {
        rest.secrets.put(parameter, text);
      } catch (error) {
        throw error instanceof RangeError ? new ControlFailure(400, error.message) : error;
      }
      return { name: parameter };
    },
  },
];

const calls = (ledger: Ledger, query: URLSearchParams): unknown => {
  for (const name of query.keys())
    if (name !== 'turn_id' && name !== 'since_seq')
      throw new ControlFailure(400, `${name} is no parameter; there are turn_id and since_seq`);
  const turnId = query.get('turn_id');
  const sinceSeq = query.get('since_seq');
  if (sinceSeq !== null && !/^\d{1,15}$/.test(sinceSeq)) throw new ControlFailure(400, 'since_seq must be a number');
  const entries = ledger.entries({
    ...(turnId === null ? {} : { turnId }),
    ...(sinceSeq === null ? {} : { sinceSeq: Number(sinceSeq) }),
  });
  return turnId === null && sinceSeq === null ? entries.slice(-DEFAULT_CALLS) : entries;
};

const answer = (routes: readonly Route[], url: URL, request: IncomingMessage, response: ServerResponse): void => {
  run(routes, url, request).then(
    (value) => send(response, 200, 'application/json', value),
    (error: Error) => sendProblem(response, error instanceof ControlFailure ? error.status : 500, error.message),
  );
};

const run = async (routes: readonly Route[], url: URL, request: IncomingMessage): Promise<unknown> => {
  const path = url.pathname.slice(CONTROL_PREFIX.length);
  const matching = routes.filter((route) => route.path.test(path));
  const route = matching.find(({ method }) => method === request.method);
  if (route === undefined)
    throw matching.length === 0
      ? new ControlFailure(404, `there is no control route ${url.pathname}`)
      : new ControlFailure(405, `${url.pathname} takes ${matching.map(({ method }) => method).join(', ')}`);
  const body = await readBody(request);
  return route.answer({
    parameter: decode(route.path.exec(path)?.[1] ?? ''),
    query: url.searchParams,
    body: route.method === 'POST' && body !== '' ? parse(body) : undefined,
    text: body,
  });
};

const readBody = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length;
    if (bytes > MAX_BODY_BYTES) throw new ControlFailure(413, `the body is longer than ${MAX_BODY_BYTES} bytes`);
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString();
};

const parse = (body: string): unknown => {
  try {
    return JSON.parse(body);
  } catch {
    throw new ControlFailure(400, 'the body is not JSON');
  }
};

const decode = (part: string): string => {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new ControlFailure(400, 'the path is not well encoded');
  }
};

const LOOPBACK = /^(127\.\d+\.\d+\.\d+|::1|::ffff:127\.\d+\.\d+\.\d+)$/;
const LOCAL_HOST = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/i;

/** A page of another site can send a request here, but its `Origin` tells. */
const isOwnMachine = (request: IncomingMessage): boolean => {
  const { host, origin } = request.headers;
  return (
    LOOPBACK.test(request.socket.remoteAddress ?? '') &&
    LOCAL_HOST.test(host ?? '') &&
    (origin === undefined || origin === `http://${host}`)
  );
};

const sendProblem = (response: ServerResponse, status: number, detail: string): void =>
  send(response, status, 'application/problem+json', { type: 'about:blank', status, detail });

const send = (response: ServerResponse, status: number, contentType: string, value: unknown): void => {
  response.writeHead(status, { 'content-type': contentType, 'cache-control': 'no-store' });
  response.end(`${JSON.stringify(value)}\n`);
};
