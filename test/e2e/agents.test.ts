import { expect, test } from 'vitest';
import { client, isLocal, signed } from './target.ts';

const BUILT_IN = ['code-generator', 'code-reviewer', 'context-analyzer', 'debugger', 'documentation'];

test('the five built-in agents are registered and healthy', async () => {
  const { body } = await client.get('/v1/agents');
  const found = body.agents.filter(({ agent_id }: { agent_id: string }) => BUILT_IN.includes(agent_id));
  expect(found.map(({ agent_id }: { agent_id: string }) => agent_id).sort()).toEqual(BUILT_IN);
  for (const agent of found) expect(agent).toMatchObject({ health: 'healthy' });
});

test.runIf(isLocal)('one agent is shown without where it runs to those who may not change it', async () => {
  const reader = client.as(await signed({ user: 'rea', scopes: ['agents:read', 'agents:write'] }));
  const { body, headers } = await reader.get('/v1/agents/debugger');
  expect(body).toMatchObject({ agent_id: 'debugger', agent_type: 'debugger', visibility: 'global' });
  expect(headers.get('etag')).toMatch(new RegExp(`^"${body.version}[.][0-9a-z]+"$`));
  expect(JSON.stringify(body)).not.toMatch(/arn:|https?:/);
});

test('the list is paged and filtered', async () => {
  const ids: string[] = [];
  let query = '?limit=2';
  while (query !== '') {
    const { body } = await client.get(`/v1/agents${query}`);
    ids.push(...body.agents.map(({ agent_id }: { agent_id: string }) => agent_id));
    query = body.next === undefined ? '' : `?limit=2&cursor=${encodeURIComponent(body.next)}`;
  }
  expect(ids).toEqual([...new Set(ids)].sort());
  expect(ids).toEqual(expect.arrayContaining(BUILT_IN));
  const { body } = await client.get('/v1/agents?agent_type=documentation&specialization=JSDoc&capability=readme');
  expect(body.agents.map(({ agent_id }: { agent_id: string }) => agent_id)).toContain('documentation');
  expect((await client.get('/v1/agents?cursor=eyJpZCI6ImEiLCJhdCI6MX0')).body.code).toBe('INVALID_REQUEST');
});

test.each(['nobody', 'a%23b', 'x'.repeat(300), '__proto__', 'constructor'])('rejects %s as unknown', async (id) => {
  const { status, body } = await client.get(`/v1/agents/${id}`);
  expect([status, body.code]).toEqual([404, 'AGENT_NOT_FOUND']);
});

test('the status shows every agent with its health', async () => {
  const { body } = await client.get('/v1/agents/status');
  expect(body.registered_agents).toBe(body.agents.length);
  expect(body.agents.map(({ agent_id }: { agent_id: string }) => agent_id)).toEqual(expect.arrayContaining(BUILT_IN));
  for (const { last_check, response_time_ms } of body.agents) {
    expect(Date.parse(last_check)).toBeGreaterThan(0);
    expect(response_time_ms).toBeGreaterThan(0);
  }
});

test('health and contract need no token', async () => {
  const nobody = client.as(null);
  expect((await nobody.get('/healthz')).body).toEqual({ status: 'ok' });
  expect((await nobody.get('/v1/openapi.json')).body.openapi).toMatch(/^3\.1/);
});
