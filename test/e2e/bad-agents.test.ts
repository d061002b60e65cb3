import { randomUUID } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { client, isLocal, signed } from './target.ts';

const HEALTHY = '{"status":"healthy"}';

/** What is wrong with an endpoint, by its path. */
const endpoints: Readonly<Record<string, (response: ServerResponse) => void>> = {
  '/healthy': (response) => response.end(HEALTHY),
  '/hangs': () => undefined,
  '/streams': (response) => {
    const more = setInterval(() => response.write('{"status":'.repeat(1_000)), 10);
    response.on('close', () => clearInterval(more));
  },
  '/redirects': (response) => response.writeHead(302, { location: '/healthy' }).end(),
  '/nonsense': (response) => response.end('<html>It works!</html>'),
  '/other-json': (response) => response.end('{"ok":true}'),
  '/fails': (response) => response.writeHead(500).end(HEALTHY),
  '/sick': (response) => response.end('{"status":"unhealthy"}'),
};

describe.runIf(isLocal)('registration rejects', () => {
  const server = createServer((request, response) => endpoints[request.url ?? '']?.(response));
  let base = '';

  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.close();
    server.closeAllConnections();
  });

  const definition = (fields: Record<string, unknown> = {}) => ({
    agent_id: `bad-${randomUUID()}`,
    agent_type: 'debugger',
    name: 'Bad',
    description: '',
    capabilities: ['fix'],
    specializations: [],
    endpoint_url: `${base}/healthy`,
    ...fields,
  });

  /** Nothing may be half done behind an error. */
  const refused = async (fields: Record<string, unknown>, query = '') => {
    const agent = definition(fields);
    const reply = await client.post(`/v1/agents${query}`, agent);
    if (typeof agent.agent_id === 'string' && /^[\w-]+$/.test(agent.agent_id) && reply.status !== 409) {
      const { body } = await client.get('/v1/agents?limit=100');
      expect(body.agents.map(({ agent_id }: { agent_id: string }) => agent_id)).not.toContain(agent.agent_id);
    }
    expect(JSON.stringify(reply.body)).not.toMatch(/arn:aws|ECONN|at .+\.(ts|mjs):|secretsmanager/);
    return reply;
  };

  test.each<[string, Record<string, unknown>, string]>([
    ['an unknown role', { agent_type: 'wizard' }, 'agent_type'],
    ['a capability of another role', { capabilities: ['fix', 'readme'] }, 'capabilities.1'],
    ['10,000 capabilities', { capabilities: Array.from({ length: 10_000 }, () => 'fix') }, 'capabilities'],
    ['a reserved id', { agent_id: 'status' }, 'agent_id'],
    ['an id with a slash', { agent_id: 'a/b' }, 'agent_id'],
    ['a field that does not exist', { capabilites: [] }, 'capabilites'],
    ['a backup that does not exist', { backup_agents: ['nobody'] }, 'backup_agents.0'],
    ['a backup of another role', { backup_agents: ['documentation'] }, 'backup_agents.0'],
    ['itself as backup', { agent_id: 'self', backup_agents: ['self'] }, 'backup_agents.0'],
    ['sub-agents of an agent that is no supervisor', { sub_agents: ['debugger'] }, 'sub_agents'],
    ['a range that is none', { complexity_range: { min: 0.9, max: 0.1 } }, 'complexity_range'],
    ['no slots', { max_concurrent_requests: 0 }, 'max_concurrent_requests'],
    ['a timeout beyond what Lambda has', { timeout_seconds: 901 }, 'timeout_seconds'],
  ])('%s', async (_, fields, path) => {
    const { status, body } = await refused(fields);
    expect([status, body.code]).toEqual([400, 'INVALID_REQUEST']);
    expect(body.errors.map((error: { path: string }) => error.path)).toContain(path);
  });

  test.each([
    'http://example.com/agent',
    'https://user:password@example.com/agent',
    'https://localhost/agent',
    'https://127.0.0.1/agent',
    'http://127.1/agent',
    'http://2130706433/agent',
    'http://0x7f000001/agent',
    'http://0177.0.0.1/agent',
    'http://0/agent',
    'https://[::1]/agent',
    'https://[::ffff:127.0.0.1]/agent',
    'https://[::ffff:7f00:1]/agent',
    'https://[::7f00:1]/agent',
    'https://[64:ff9b::a9fe:a9fe]/agent',
    'https://[fd00:ec2::254]/agent',
    'https://[fe80::1]/agent',
    'https://169.254.169.254/latest/meta-data/',
    'https://2852039166/latest/meta-data/',
    'https://0xa9fea9fe/latest/meta-data/',
    'https://0251.0376.0251.0376/',
    'https://①⑥⑨.254.169.254/',
    'https://10.0.0.1/agent',
    'https://172.16.0.1/agent',
    'https://192.168.1.1/agent',
    'https://100.64.0.1/agent',
    'https://metadata.google.internal/',
    'ftp://example.com/agent',
    'file:///etc/passwd',
    'https://',
  ])('the endpoint %s', async (url) => {
    for (const field of ['endpoint_url', 'health_check_url']) {
      const { status, body } = await refused({ [field]: url }, '?skip_probe=true');
      expect([status, body.code]).toEqual([400, 'INVALID_REQUEST']);
      expect(body.errors.map((error: { path: string }) => error.path)).toEqual([field]);
    }
  });

  test.each([
    ['hangs', '/hangs'],
    ['streams for ever', '/streams'],
    ['redirects', '/redirects'],
    ['answers with nonsense', '/nonsense'],
    ['answers something else', '/other-json'],
    ['fails', '/fails'],
    ['says that it is unhealthy', '/sick'],
  ])('an agent whose health check %s, and says so', async (_, path) => {
    const { status, body } = await refused({ health_check_url: `${base}${path}` });
    expect([status, body.code]).toEqual([400, 'INVALID_REQUEST']);
    expect(body.errors).toEqual([{ path: 'health_check_url', message: expect.stringMatching(/\w{4,}/) }]);
  });

  test.each([
    ['another tenant’s secret', 'switchboard/local/t-rival/127.0.0.1/key'],
    ['everybody’s secret', 'switchboard/local/global/127.0.0.1/key'],
    ['a secret for another host', 'switchboard/local/t-default/example.com/key'],
    ['a secret outside the prefix', 'prod/database/password'],
  ])('%s', async (_, secret) => {
    const { status, body } = await refused({ credentials: { secret } });
    expect([status, body.code]).toEqual([400, 'INVALID_REQUEST']);
    expect(body.errors.map((error: { path: string }) => error.path)).toEqual(['credentials.secret']);
  });

  test('an agent for everybody from somebody who does not run the platform', async () => {
    const team = client.as(await signed({ user: 'tess', tenant: 'team', scopes: ['agents:read', 'agents:write'] }));
    const { status, body } = await team.post('/v1/agents', definition({ visibility: 'global' }));
    expect([status, body.code]).toEqual([403, 'FORBIDDEN']);
    const foreign = await team.send('DELETE', '/v1/agents/debugger');
    expect([foreign.status, foreign.body.code]).toEqual([403, 'FORBIDDEN']);
    expect((await team.send('DELETE', '/v1/agents/debugger?visibility=global')).status).toBe(403);
    // Whoever runs the platform has to say it too: a DELETE sent again must not reach everybody's agent.
    const unsaid = await client.send('DELETE', '/v1/agents/debugger');
    expect([unsaid.status, unsaid.body.code]).toEqual([403, 'FORBIDDEN']);
  });

  test('registration without the scope for it', async () => {
    const reader = client.as(await signed({ user: 'rea', scopes: ['agents:read'] }));
    expect((await reader.post('/v1/agents', definition())).status).toBe(403);
  });

  test('a circle of backups, and names it', async () => {
    const tenant = `circle-${randomUUID()}`;
    const team = client.as(await signed({ user: 'tess', tenant }));
    const put = async (id: string, backups: readonly string[]) => {
      const { headers } = await team.get(`/v1/agents/${id}`);
      return team.send('PATCH', `/v1/agents/${id}`, JSON.stringify({ backup_agents: backups }), {
        headers: { 'if-match': headers.get('etag') ?? '' },
      });
    };
    for (const agent_id of ['a', 'b', 'c'])
      expect((await team.post('/v1/agents', definition({ agent_id }))).status).toBe(201);
    expect((await put('a', ['b'])).status).toBe(200);
    expect((await put('b', ['c'])).status).toBe(200);
    const { status, body } = await put('c', ['a']);
    expect([status, body.errors[0].path]).toEqual([400, 'backup_agents.0']);
    expect(body.detail).toMatch(/c.*a.*b.*c/);
  });

  test('changes without a version, or of an old one', async () => {
    const agent = definition();
    const registered = await client.post('/v1/agents', agent);
    expect(registered.status).toBe(201);
    const first = registered.headers.get('etag') ?? '';
    const path = `/v1/agents/${agent.agent_id}`;
    const rename = (headers: Record<string, string>) => client.send('PATCH', path, '{"name":"Renamed"}', { headers });
    const missing = await rename({});
    expect([missing.status, missing.body.code]).toEqual([428, 'VERSION_REQUIRED']);
    const renamed = await rename({ 'if-match': first });
    expect(renamed.status).toBe(200);
    for (const tag of [first, `"${renamed.body.version}"`]) {
      const stale = await rename({ 'if-match': tag });
      expect([stale.status, stale.body.code]).toEqual([412, 'VERSION_STALE']);
    }
    const second = renamed.headers.get('etag') ?? '';
    const removed = await client.send('PATCH', path, '{"name":null}', { headers: { 'if-match': second } });
    expect([removed.status, removed.body.errors[0].path]).toEqual([400, 'name']);
    expect((await client.send('DELETE', path)).status).toBe(202);
  });

  test('in a list only what is bad, and registers the rest', async () => {
    const good = definition({ timeout_seconds: 1 });
    const list = [good, definition({ agent_type: 'wizard' }), definition({ health_check_url: `${base}/sick` }), good];
    const { status, body } = await client.post('/v1/agents', list);
    expect(status).toBe(200);
    expect(body.results.map((result: { status: number }) => result.status)).toEqual([201, 400, 400, 409]);
    expect(body.results[1].problem).toMatchObject({ code: 'INVALID_REQUEST', errors: [{ path: 'agent_type' }] });
    expect((await client.send('DELETE', `/v1/agents/${good.agent_id}`)).status).toBe(202);
  });
});
