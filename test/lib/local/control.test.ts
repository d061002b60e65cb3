import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { controlRoutes } from '../../../lib/local/control.ts';
import type { LedgerEntry } from '../../../lib/local/types.ts';
import { stillClock } from './fake-account.ts';

const TURN = 'turn_01ABCDEFGHJKMNPQRSTVWXYZ00';
const entry = (seq: number, turnIds: string[]) => ({ seq, turn_ids: turnIds }) as unknown as LedgerEntry;
const kill = vi.fn(() => 2);
const putSecret = vi.fn((name: string) => {
  if (name.includes(' ')) throw new RangeError('bad name');
});
const clock = stillClock(1_800_000_000_000);
const controlled = {
  host: { list: () => [{ id: 'Router', instances: [{ pid: 7, busy: true }] }], kill },
  clock,
  ledger: {
    record: () => undefined,
    entries: ({ turnId, sinceSeq = 0 }: { turnId?: string; sinceSeq?: number } = {}) =>
      [entry(1, [TURN]), entry(2, [])]
        .filter(({ turn_ids }) => turnId === undefined || turn_ids.includes(turnId))
        .filter(({ seq }) => seq > sinceSeq),
  },
  metrics: {
    put: () => undefined,
    query: () => [],
    all: () =>
      [1, 3].map((value) => ({
        namespace: 'N',
        name: 'm',
        dimensions: { stage: 'local' },
        unit: 'Count',
        value,
        atMs: value,
      })),
  },
  runSchedules: async () => [{ id: 'Sweep', invoked: true }],
  advanceClock: async (ms: number) => clock.advance(ms),
  alarms: () => [],
  secrets: { put: putSecret },
  queues: () => [{ id: 'Undelivered', visible: 0, in_flight: 0, delayed: 0 }],
};

const routes = controlRoutes(controlled, () => false);
const server = createServer((request, response) => {
  if (!routes(request, response)) response.writeHead(418).end();
});
let base = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

const call = async (method: string, path: string, body?: string) => {
  const response = await fetch(`${base}${path}`, { method, ...(body === undefined ? {} : { body }) });
  return { status: response.status, type: response.headers.get('content-type'), body: await response.json() };
};

test('functions are listed and killed by id', async () => {
  expect((await call('GET', '/_local/functions')).body).toEqual([
    { id: 'Router', instances: [{ pid: 7, busy: true }] },
  ]);
  expect((await call('POST', '/_local/functions/Router/kill')).body).toEqual({ killed: 2 });
  expect(kill).toHaveBeenCalledWith('Router');
});

test('calls are filtered by turn', async () => {
  expect((await call('GET', '/_local/calls')).body).toHaveLength(2);
  expect((await call('GET', `/_local/calls?turn_id=${TURN}`)).body).toEqual([{ seq: 1, turn_ids: [TURN] }]);
  expect((await call('GET', '/_local/calls?since_seq=1')).body).toHaveLength(1);
});

test('the clock is advanced and tells where it is', async () => {
  const before = clock.now();
  expect((await call('POST', '/_local/clock/advance', '{"ms":5000}')).body).toEqual({
    now_ms: before + 5000,
    offset_ms: clock.offsetMs(),
  });
});

test('metrics are summed up, schedules run, queues and alarms shown', async () => {
  expect((await call('GET', '/_local/metrics')).body).toEqual([
    expect.objectContaining({ name: 'm', count: 2, sum: 4, minimum: 1, maximum: 3, p50: 1, p99: 3, latest_ms: 3 }),
  ]);
  expect((await call('POST', '/_local/schedules/run')).body).toEqual([{ id: 'Sweep', invoked: true }]);
  expect((await call('GET', '/_local/queues')).body).toHaveLength(1);
  expect((await call('GET', '/_local/alarms')).body).toEqual([]);
});

test('a secret is written as it came, and not told again', async () => {
  const text = '{"bearer": "x"}';
  expect((await call('PUT', '/_local/secrets/switchboard%2Flocal%2Fa', text)).body).toEqual({
    name: 'switchboard/local/a',
  });
  expect(putSecret).toHaveBeenCalledWith('switchboard/local/a', text);
});

test('other paths are left to the stacks', async () => {
  expect((await fetch(`${base}/v1/agents`)).status).toBe(418);
});

describe('rejects', () => {
  test.each([
    ['GET', '/_local/nothing', undefined, 404],
    ['GET', '/_local/functions/Router/kill', undefined, 405],
    ['POST', '/_local/functions/Nobody/kill', undefined, 404],
    ['POST', '/_local/functions/%/kill', undefined, 400],
    ['POST', '/_local/clock/advance', undefined, 400],
    ['POST', '/_local/clock/advance', '{"ms":', 400],
    ['POST', '/_local/clock/advance', '{"ms":-1}', 400],
    ['POST', '/_local/clock/advance', '{"ms":"5"}', 400],
    ['POST', '/_local/clock/advance', '{"ms":1.5}', 400],
    ['POST', '/_local/clock/advance', 'x'.repeat(70_000), 413],
    ['PUT', '/_local/secrets/a%20b', 'x', 400],
    ['GET', '/_local/secrets/a', undefined, 405],
    ['GET', '/_local/calls?turn=x', undefined, 400],
    ['GET', '/_local/calls?since_seq=x', undefined, 400],
  ])('%s %s %.20s with %i', async (method, path, body, status) => {
    expect(await call(method, path, body)).toMatchObject({
      status,
      type: 'application/problem+json',
      body: { status, detail: expect.any(String) },
    });
  });

  test.each([
    { host: 'evil.example' },
    { host: 'evil.example:3000' },
    { host: '127.0.0.1.evil.example' },
    { origin: 'http://evil.example' },
    { origin: 'null' },
  ])('a request with %j', async (headers) => {
    const status = await new Promise((resolve, reject) => {
      const url = new URL(`${base}/_local/functions/Router/kill`);
      httpRequest(url, { method: 'POST', headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on('error', reject)
        .end();
    });
    expect(status).toBe(403);
  });
});
