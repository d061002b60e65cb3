import { expect, it, vi } from 'vitest';
import * as z from 'zod';
import { Failure } from '../../functions/domain/contract/failures.ts';
import { httpReply, jsonReply } from '../../functions/handlers/shared/http-reply.ts';
import { basePath, bodyOf, type ProxyEvent } from '../../functions/handlers/shared/http-request.ts';

vi.hoisted(() => {
  process.env.POWERTOOLS_LOG_LEVEL = 'SILENT';
});

const event = (changes: Partial<ProxyEvent> = {}): ProxyEvent => ({
  httpMethod: 'POST',
  resource: '/v1/agents/message',
  headers: { 'Content-Type': 'application/json' },
  body: '{}',
  isBase64Encoded: false,
  requestContext: { requestId: 'r-1', path: '/v1/agents/message' },
  ...changes,
});

it.each([
  ['/prod/v1/agents/message', '/prod'],
  ['/v1/agents/message', ''],
  ['/team/a/v1/agents/message', '/team/a'],
])('a link starts with what the address puts before the route: %s', (path, expected) => {
  expect(basePath(event({ requestContext: { requestId: 'r-1', path } }))).toBe(expected);
});

it("a stored shape that can't be read is our fault, and tells nothing of it", async () => {
  const reply = await httpReply(event(), async () => jsonReply(200, z.object({ lease_until: z.number() }).parse({})));
  expect(reply.statusCode).toBe(500);
  expect(JSON.parse(reply.body)).toMatchObject({ code: 'INTERNAL', request_id: 'r-1' });
  expect(reply.body).not.toContain('lease_until');
});

it('what is wrong with the input is named field by field', async () => {
  const schema = z.strictObject({ message: z.string(), name: z.string() });
  const body = '{"message":1,"colour":2}';
  const reply = await httpReply(event({ body }), async (request) => jsonReply(200, bodyOf(request, schema)));
  expect(reply.statusCode).toBe(400);
  expect(JSON.parse(reply.body)).toMatchObject({
    code: 'INVALID_REQUEST',
    errors: [
      { path: 'message', message: 'must be a string' },
      { path: 'name', message: 'is missing: must be a string' },
      { path: 'colour', message: 'is not a field' },
    ],
  });
});

it('a failure keeps its turn id and says when to come again', async () => {
  const failure = new Failure('NO_AGENT_AVAILABLE', 'Later.', { turnId: 'turn_x', retryAfterSeconds: 5 });
  const reply = await httpReply(event(), () => Promise.reject(failure));
  expect(reply).toMatchObject({ statusCode: 503, headers: { 'retry-after': '5', 'x-request-id': 'r-1' } });
  expect(JSON.parse(reply.body)).toMatchObject({ code: 'NO_AGENT_AVAILABLE', turn_id: 'turn_x' });
});
