import { describe, expect, it, vi } from 'vitest';
import type { ProbeResult } from '../../functions/application/agent-ports.ts';
import { MAX_AGENTS } from '../../functions/domain/contract/agent.ts';
import { Failure } from '../../functions/domain/contract/failures.ts';
import { TenantId } from '../../functions/domain/contract/ids.ts';
import { agentDefinition, NOON_MS, patience, registeredAgent } from '../twins/samples.ts';
import { definition, failed, fieldsOf, makeRig, TEAM_SCOPES, tag } from './registration-rig.ts';

vi.hoisted(() => {
  process.env.POWERTOOLS_LOG_LEVEL = 'SILENT';
});

const ACME = TenantId.parse('acme');
const FUNCTION = 'arn:aws:lambda:eu-central-1:123456789012:function:theirs:live';
const documentation = registeredAgent(agentDefinition('documentation', 'documentation'));
const fixer = registeredAgent(agentDefinition('fixer', 'debugger'));

describe('registering an agent', () => {
  it('says where it is, which version, and all that was sent', async () => {
    const rig = makeRig();
    const fields = { examples: ['Why?'], tags: ['team-a'], complexity_range: { min: 0, max: 0.5 } };
    const { status, headers, body } = await rig.register(fields);
    expect([status, headers.etag, headers.location]).toEqual([201, tag(1), '/prod/v1/agents/zig']);
    const defaults = { max_concurrent_requests: 5, timeout_seconds: 30, backup_agents: [] };
    expect(body).toEqual({
      ...definition(fields),
      ...defaults,
      visibility: 'tenant',
      health: 'healthy',
      version: 1,
    });
    expect(await rig.registry.agents(ACME, patience())).toMatchObject([{ owner: 'acme', health: 'healthy' }]);
  });

  it('unchecked, if asked to: its health is then unknown', async () => {
    const rig = makeRig({ probe: async () => failed('down') });
    const { status, body } = await rig.register({}, { query: { skip_probe: 'true' } });
    expect([status, body.health, rig.probed]).toEqual([201, 'unknown', []]);
  });

  it('that is degraded: it works', async () => {
    const rig = makeRig({ probe: async () => ({ kind: 'replied', reply: { status: 'degraded' } }) });
    expect((await rig.register()).body.health).toBe('degraded');
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['an unknown role', { agent_type: 'wizard' }, 'agent_type'],
    ['a capability of another role', { capabilities: ['fix', 'readme'] }, 'capabilities.1'],
    ['10,000 capabilities', { capabilities: Array.from({ length: 10_000 }, () => 'fix') }, 'capabilities'],
    ['a reserved id', { agent_id: 'status' }, 'agent_id'],
    ['an id with a slash', { agent_id: 'a/b' }, 'agent_id'],
    ['a field that does not exist', { capabilites: [] }, 'capabilites'],
    ['a name that is missing', { name: undefined }, 'name'],
    ['no slots', { max_concurrent_requests: 0 }, 'max_concurrent_requests'],
    ['a range that is none', { complexity_range: { min: 0.9, max: 0.1 } }, 'complexity_range'],
    ['sub-agents of an agent that is no supervisor', { sub_agents: ['debugger'] }, 'sub_agents'],
    ['a backup that does not exist', { backup_agents: ['nobody'] }, 'backup_agents.0'],
    ['a backup of another role', { backup_agents: ['documentation'] }, 'backup_agents.0'],
    ['itself as backup', { backup_agents: ['zig'] }, 'backup_agents.0'],
    ["another tenant's agent as backup", { backup_agents: ['theirs'] }, 'backup_agents.0'],
    [
      "another tenant's secret",
      { credentials: { secret: 'switchboard/test/t-rival/agents.example.com/key' } },
      'credentials.secret',
    ],
    [
      'a secret for another host',
      { credentials: { secret: 'switchboard/test/t-acme/example.com/key' } },
      'credentials.secret',
    ],
    ['an endpoint that is none', { endpoint_url: 'ftp://example.com' }, 'endpoint_url'],
    ['an endpoint that must not be called', { endpoint_url: 'https://10.0.0.1/' }, 'endpoint_url'],
    ['a health check that must not be called', { health_check_url: 'https://10.0.0.1/' }, 'health_check_url'],
    ['a visibility that is none', { visibility: 'public' }, 'visibility'],
  ])('rejects %s, names the field and stores nothing', async (_, fields, path) => {
    const theirs = registeredAgent(agentDefinition('theirs', 'debugger'), { owner: TenantId.parse('rival') });
    const rig = makeRig({
      agents: [documentation, theirs],
      checkEndpoint: async (url) => (url.includes('10.0.0.1') ? 'the endpoint is not allowed: private' : undefined),
    });
    const { status, body } = await rig.register(fields);
    expect([status, body.code, fieldsOf(body)]).toEqual([400, 'INVALID_REQUEST', [path]]);
    expect(body.detail.length).toBeLessThan(1_000);
    expect(rig.probed).toEqual([]);
    expect(await rig.store.ofOwner(ACME, patience())).toEqual([]);
    expect(rig.lines).toEqual([]);
  });

  it.each([
    ['endpoint_url', {}],
    ['health_check_url', { health_check_url: 'https://agents.example.com/health' }],
  ])('rejects one whose health check fails, with the reason at %s', async (path, fields) => {
    const rig = makeRig({ probe: async () => failed('no reply within 5 s') });
    const { status, body } = await rig.register(fields);
    expect([status, body.errors]).toEqual([400, [{ path, message: 'no reply within 5 s' }]]);
    expect(await rig.store.ofOwner(ACME, patience())).toEqual([]);
  });

  it('rejects one that says it is unhealthy', async () => {
    const rig = makeRig({ probe: async () => ({ kind: 'replied', reply: { status: 'unhealthy', detail: 'secret' } }) });
    const { status, body } = await rig.register();
    expect([status, fieldsOf(body)]).toEqual([400, ['endpoint_url']]);
    expect(body.detail).not.toContain('secret');
  });

  it('rejects a second of the same id before it is checked, but not for another tenant, and says nothing of that', async () => {
    const rig = makeRig({ agents: [documentation] });
    expect((await rig.register()).status).toBe(201);
    expect((await rig.register({ name: 'Again' })).body.code).toBe('AGENT_EXISTS');
    expect(rig.probed).toEqual(['zig']);
    const other = await rig.register({ name: 'Theirs' }, { tenant: 'rival', scopes: TEAM_SCOPES });
    expect([other.status, other.body.version]).toEqual([201, 1]);
    expect((await rig.send('GET', '/v1/agents/zig')).body.name).toBe('Zig');
  });

  it("takes the place of a global agent for its tenant's own", async () => {
    const rig = makeRig({ agents: [documentation] });
    const own = { agent_id: 'documentation', agent_type: 'documentation', capabilities: ['readme'] };
    expect((await rig.register(own, { scopes: TEAM_SCOPES })).status).toBe(201);
    expect((await rig.send('GET', '/v1/agents/documentation')).body).toMatchObject({ visibility: 'tenant' });
    const global = await rig.send('GET', '/v1/agents/documentation', { query: { visibility: 'global' } });
    expect(global.body).toMatchObject({ visibility: 'global', name: 'documentation' });
    const { body } = await rig.send('GET', '/v1/agents');
    expect(body.agents.map(({ agent_id }: { agent_id: string }) => agent_id)).toEqual(['documentation']);
  });

  it.each([
    ['endpoint_url', { endpoint_url: FUNCTION }],
    ['health_check_url', { health_check_url: FUNCTION }],
  ])("rejects a function as %s, which may be another tenant's, without the scope platform", async (_, fields) => {
    const rig = makeRig();
    const refused = await rig.register(fields, { scopes: TEAM_SCOPES });
    expect([refused.status, refused.body.code, refused.body.detail]).toEqual([
      403,
      'FORBIDDEN',
      'A Lambda function is registered by who has the scope platform, or by its own stack (docs/agent-function.md).',
    ]);
    const body = [definition(fields), definition({ agent_id: 'zag' })];
    const list = await rig.send('POST', '/v1/agents', { body, scopes: TEAM_SCOPES });
    expect(list.body.results.map(({ status }: { status: number }) => status)).toEqual([403, 201]);
    expect(rig.probed).toEqual(['zag']);
    expect((await rig.register(fields)).status).toBe(201);
  });

  it('rejects one more than a tenant may have, those that drain included, but not one that takes their place', async () => {
    const many = Array.from({ length: MAX_AGENTS - 1 }, (_, index) =>
      registeredAgent(agentDefinition(`a-${index}`, 'debugger'), {
        owner: ACME,
        drainingUntilMs: index === 0 ? NOON_MS + 1_000 : null,
      }),
    );
    const rig = makeRig({ agents: many });
    const list = ['b-1', 'b-2'].map((agent_id) => definition({ agent_id }));
    const { body } = await rig.send('POST', '/v1/agents', { body: list });
    expect(body.results).toMatchObject([{ status: 201 }, { status: 400, problem: { code: 'INVALID_REQUEST' } }]);
    const { status, body: problem } = await rig.register();
    expect([status, problem.detail]).toEqual([
      400,
      'The agents of this tenant are as many as there may be, 1000: deregister one first.',
    ]);
    expect(rig.probed).not.toContain('zig');
    expect((await rig.register({ agent_id: 'a-0' })).status).toBe(201);
    expect((await rig.register({}, { tenant: 'rival' })).status).toBe(201);
    expect((await rig.register({ visibility: 'global' })).status).toBe(201);
  });

  it('rejects one that is too large for the store', async () => {
    const rig = makeRig();
    const large = { examples: Array.from({ length: 50 }, () => '\0'.repeat(1_000)) };
    const { status, body } = await rig.register(large);
    expect([status, body.code]).toEqual([400, 'INVALID_REQUEST']);
    expect(body.detail).toMatch(/larger than 262144 bytes/);
    const chinese = { examples: Array.from({ length: 50 }, () => '字'.repeat(1_000)) };
    expect((await rig.register(chinese)).status).toBe(201);
    const patch = { body: large, ifMatch: tag(1) };
    expect((await rig.send('PATCH', '/v1/agents/zig', patch)).status).toBe(400);
  });

  it('rejects one whose secret cannot be used, with the reason at credentials.secret', async () => {
    const rig = makeRig({
      probe: async () => ({ ...failed('there is no such secret'), field: 'credentials.secret' }) as ProbeResult,
    });
    const { body } = await rig.register({ health_check_url: 'https://agents.example.com/health' });
    expect(body.errors).toEqual([{ path: 'credentials.secret', message: 'there is no such secret' }]);
  });

  it('for all tenants takes the scope platform, and names only agents of all tenants', async () => {
    const rig = makeRig({ agents: [fixer] });
    const global = { agent_id: 'all', visibility: 'global', backup_agents: ['fixer'] };
    expect((await rig.register(global, { scopes: TEAM_SCOPES })).body.code).toBe('FORBIDDEN');
    await rig.register({ agent_id: 'mine' });
    const { body } = await rig.register({ ...global, backup_agents: ['mine'] });
    expect(fieldsOf(body)).toEqual(['backup_agents.0']);
    expect((await rig.register(global)).body).toMatchObject({ visibility: 'global', version: 1 });
    expect((await rig.send('GET', '/v1/agents/all', { tenant: 'rival' })).status).toBe(200);
  });

  it.each([['agents:read'], ['platform'], ['messages:write']])('rejects a token with %s alone', async (scope) => {
    expect((await makeRig().register({}, { scopes: [scope] })).status).toBe(403);
  });

  it.each([[null], ['text'], [7], [[]], [Array.from({ length: 101 }, () => definition())]])(
    'rejects the body %j',
    async (body) => {
      const reply = await makeRig().send('POST', '/v1/agents', { body });
      expect([reply.status, reply.body.code]).toEqual([400, 'INVALID_REQUEST']);
    },
  );

  it('survives two at the same time: one is registered, the other told so', async () => {
    const rig = makeRig();
    const replies = await Promise.all([rig.register({ name: 'A' }), rig.register({ name: 'B' })]);
    expect(replies.map(({ status }) => status).sort()).toEqual([201, 409]);
  });

  it('survives a store that cannot be written: nothing is registered, and the caller may come again', async () => {
    const lost = async () => Promise.reject(new Failure('STORE_UNAVAILABLE', 'Later.', { retryAfterSeconds: 1 }));
    const rig = makeRig({ store: () => ({ put: lost }) });
    const { status, headers } = await rig.register();
    expect([status, headers['retry-after']]).toEqual([503, '1']);
  });

  it('leaves one line of who did it, without content or endpoint', async () => {
    const rig = makeRig();
    await rig.register();
    expect(rig.lines).toEqual([
      {
        message: 'audit',
        fields: { act: 'register', agent_id: 'zig', owner: 'acme', version: 1, tenant: 'acme', user_id: 'ann' },
      },
    ]);
  });
});

it('rejects another method of a route and says which it has', async () => {
  const { status, headers, body } = await makeRig().send('PATCH', '/v1/agents');
  expect([status, body.code, headers.allow]).toEqual([405, 'METHOD_NOT_ALLOWED', 'GET, POST']);
});

it('rejects a parameter that a route does not take', async () => {
  const { status, body } = await makeRig().register({}, { query: { skip_probes: 'true' } });
  expect([status, fieldsOf(body)]).toEqual([400, ['skip_probes']]);
});
