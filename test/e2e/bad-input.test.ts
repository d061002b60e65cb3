import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Reply } from './client.ts';
import { client, control, isLocal, signed } from './target.ts';

const WRITES = new Set(['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem', 'SendMessage', 'InvokeFunction']);
const MIB = 1024 * 1024;

let caller = client;
let firstSeq = 0;

const lastSeq = async (): Promise<number> => (await control().calls()).at(-1)?.seq ?? 0;

/** Whatever the router changed or set in motion since these tests began. */
const traces = async (): Promise<readonly string[]> =>
  (await control().calls({ sinceSeq: firstSeq }))
    .filter(({ caller: role, action }) => role.startsWith('Router') && WRITES.has(action))
    .map(({ action, resource }) => `${action} ${resource}`);

beforeAll(async () => {
  if (!isLocal) return;
  caller = client.as(await signed({ user: `mallory-${randomUUID()}` }));
  firstSeq = await lastSeq();
});

afterAll(async () => {
  if (!isLocal) return;
  expect(await traces()).toEqual([]);
  expect((await caller.get('/v1/conversations')).body.conversations).toEqual([]);
  // The look at the ledger can fail: a good message leaves traces.
  expect((await caller.say('Explain closures')).status).toBe(200);
  expect((await traces()).length).toBeGreaterThan(2);
});

const expectProblem = ({ status, body }: Reply, wantedStatus: number, code: string, names?: string): void => {
  expect([status, body.code]).toEqual([wantedStatus, code]);
  if (names !== undefined) expect(body.errors.map(({ path }: { path: string }) => path)).toContain(names);
  expect(JSON.stringify(body)).not.toMatch(/arn:aws|node_modules|\/work\/|at [\w.]+ \(|dynamodb|ZodError|SyntaxError/i);
};

/** Cases with a title that fits on a line. */
const named = (cases: readonly (readonly [field: string, body: unknown])[]) =>
  cases.map(([field, body]) => [field, JSON.stringify(body).slice(0, 80), body] as const);

describe.each(['/v1/agents/message', '/v1/agents/route'])('%s rejects with INVALID_REQUEST', (path) => {
  test.each(['', ' ', 'hello', '{', '{"message":"x"', '{"message":"x"}}', "{'message':'x'}", '\u0000', 'NaN'])(
    'what is not JSON: %j',
    async (body) => expectProblem(await caller.post(path, body), 400, 'INVALID_REQUEST'),
  );
  test.each(['[]', 'null', '5', '"x"', 'true', '[{"message":"x"}]'])('what is no object: %s', async (body) =>
    expectProblem(await caller.post(path, body), 400, 'INVALID_REQUEST'),
  );
  test('invalid UTF-8', async () => {
    for (const bytes of [[0xff], [0xc3, 0x28], [0xed, 0xa0, 0x80], [0xf0, 0x28, 0x8c, 0x28]]) {
      const body = Buffer.concat([Buffer.from('{"message":"'), Buffer.from(bytes), Buffer.from('"}')]);
      expectProblem(await caller.post(path, new Uint8Array(body)), 400, 'INVALID_REQUEST');
    }
  });
  test.each(
    named([
      ['message', {}],
      ['message', { message: null }],
      ['message', { message: 5 }],
      ['message', { message: ['x'] }],
      ['message', { message: '' }],
      ['message', { message: ' \n\t\u00a0' }],
      ['conversation_id', { message: 'x', conversation_id: 'a#b' }],
      ['conversation_id', { message: 'x', conversation_id: 'a/b' }],
      ['conversation_id', { message: 'x', conversation_id: 'x'.repeat(300) }],
      ['conversation_id', { message: 'x', conversation_id: '' }],
      ['conversation_id', { message: 'x', conversation_id: 'a b' }],
      ['conversation_id', { message: 'x', conversation_id: 'é' }],
      ['conversation_id', { message: 'x', conversation_id: '.' }],
      ['conversation_id', { message: 'x', conversation_id: '..' }],
      ['conversation_id', { message: 'x', conversation_id: 'a\n' }],
      ['conversation_id', { message: 'x', conversation_id: null }],
      ['agent_id', { message: 'x', agent_id: 'a#b' }],
      ['agent_id', { message: 'x', agent_id: 'x'.repeat(300) }],
      ['agent_id', { message: 'x', agent_id: 'route' }],
      ['attachments', { message: 'x', attachments: {} }],
      ['attachments', { message: 'x', attachments: Array(33).fill({ name: 'a', content: '' }) }],
      ['attachments.0.name', { message: 'x', attachments: [{ content: '' }] }],
      ['attachments.0.content', { message: 'x', attachments: [{ name: 'a', content: 1 }] }],
      [
        'attachments.1.url',
        {
          message: 'x',
          attachments: [
            { name: 'a', content: '' },
            { name: 'b', content: '', url: 'u' },
          ],
        },
      ],
      ['colour', { message: 'x', colour: 'red' }],
      ['user_id', { message: 'x', user_id: 'bob' }],
      ['tenant', { message: 'x', tenant: 'acme' }],
      ['conversationId', { message: 'x', conversationId: 'c' }],
    ]),
  )('%s in %s', async (field, _title, body) =>
    expectProblem(await caller.post(path, body), 400, 'INVALID_REQUEST', field),
  );
  test('a __proto__ key, and names it', async () =>
    expectProblem(await caller.post(path, '{"message":"x","__proto__":{"a":1}}'), 400, 'INVALID_REQUEST', '__proto__'));
});

describe('POST /v1/agents/message rejects with INVALID_REQUEST', () => {
  test.each(
    named([
      ['deadline_ms', { message: 'x', deadline_ms: 99 }],
      ['deadline_ms', { message: 'x', deadline_ms: 240_001 }],
      ['deadline_ms', { message: 'x', deadline_ms: 500.5 }],
      ['deadline_ms', { message: 'x', deadline_ms: '5000' }],
      ['deadline_ms', { message: 'x', deadline_ms: -1 }],
      ['if_unavailable', { message: 'x', if_unavailable: 'later' }],
      ['context_data', { message: 'x', context_data: [] }],
      ['user_preferences', { message: 'x', user_preferences: 'terse' }],
    ]),
  )('%s in %s', async (field, _title, body) =>
    expectProblem(await caller.post('/v1/agents/message', body), 400, 'INVALID_REQUEST', field),
  );
  test.each([
    '{"message":"x","context_data":{"__proto__":{"a":1}}}',
    '{"message":"x","context_data":{"a":[{"__proto__":1}]}}',
    '{"message":"x","user_preferences":{"\\u005f_proto__":1}}',
  ])('a __proto__ key deep inside: %s', async (body) =>
    expectProblem(await caller.post('/v1/agents/message', body), 400, 'INVALID_REQUEST', '__proto__'),
  );
  test.each([100, 30_000])('arrays %i levels deep', async (depth) => {
    const body = `{"message":"x","context_data":{"a":${'['.repeat(depth)}${']'.repeat(depth)}}}`;
    expectProblem(await caller.post('/v1/agents/message', body), 400, 'INVALID_REQUEST');
  });
  test('an Idempotency-Key, whose promise it would not keep', async () => {
    const headers = { 'idempotency-key': 'k1' };
    expectProblem(await caller.say('Explain this', { headers }), 400, 'INVALID_REQUEST');
  });
  test('context_data of more than 64 KiB', async () =>
    expectProblem(await caller.say({ message: 'x', context_data: { a: 'x'.repeat(65_536) } }), 400, 'INVALID_REQUEST'));
});

describe('rejects', () => {
  test.each(['/v1/agents/message', '/v1/agents/route'])('an unknown agent at %s', async (path) =>
    expectProblem(await caller.post(path, { message: 'x', agent_id: 'nobody' }), 404, 'AGENT_NOT_FOUND'),
  );

  test('a message of one byte more than 1 MiB, attachments counted', async () => {
    expectProblem(await caller.say('x'.repeat(MIB + 1)), 413, 'MESSAGE_TOO_LARGE');
    expectProblem(await caller.say('é'.repeat(MIB / 2 + 1)), 413, 'MESSAGE_TOO_LARGE');
    const attachments = Array.from({ length: 4 }, (_, index) => ({ name: `${index}`, content: 'x'.repeat(MIB / 4) }));
    expectProblem(await caller.say({ message: 'x', attachments }), 413, 'MESSAGE_TOO_LARGE');
  });

  test('a body of more than 10 MB', async () => {
    const body = JSON.stringify({ message: 'x'.repeat(10 * MIB) });
    expectProblem(await caller.post('/v1/agents/message', body), 413, 'MESSAGE_TOO_LARGE');
  });

  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/jsonp',
    'application/json; charset=utf-16',
    undefined,
  ])('a body of type %s', async (type) => {
    const body = new TextEncoder().encode('{"message":"x"}');
    const reply = await caller.post('/v1/agents/message', body, { headers: { 'content-type': type } });
    expectProblem(reply, 415, 'UNSUPPORTED_MEDIA_TYPE');
  });

  test.each(['text/html', 'image/png, text/*', 'application/json;q=0'])(
    'a caller who accepts only %s',
    async (accept) => {
      const headers = { accept };
      expectProblem(await caller.say('Explain this', { headers }), 406, 'NOT_ACCEPTABLE');
      expectProblem(await caller.get('/v1/agents', { headers }), 406, 'NOT_ACCEPTABLE');
    },
  );

  test.each([
    ['GET', '/'],
    ['GET', '/v2/agents'],
    ['GET', '/v1/agents/message/x'],
    ['POST', '/v1/agents/nothing/here'],
    ['DELETE', '/v1/agents/message'],
    ['PUT', '/v1/agents/route'],
    ['POST', '/v1/conversations'],
    ['PATCH', '/healthz'],
  ])('%s %s, which is no route', async (method, path) => {
    const body = method === 'GET' ? undefined : '{"message":"x"}';
    expectProblem(await caller.send(method, path, body), 404, 'ROUTE_NOT_FOUND');
    expectProblem(await caller.as(null).send(method, path, body), 404, 'ROUTE_NOT_FOUND');
  });
});
