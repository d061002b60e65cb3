import { describe, expect, it, vi } from 'vitest';
import type { RegisteredAgent } from '../../functions/application/agent-ports.ts';
import { TenantId } from '../../functions/domain/contract/ids.ts';
import { agentDefinition, agentState, NOON_MS, patience, registeredAgent } from '../twins/samples.ts';
import { definition, failed, fieldsOf, makeRig, type RigOptions, TEAM_SCOPES, tag } from './registration-rig.ts';

vi.hoisted(() => {
  process.env.POWERTOOLS_LOG_LEVEL = 'SILENT';
});

const ACME = TenantId.parse('acme');
const PATH = '/v1/agents/zig';
const FUNCTION = 'arn:aws:lambda:eu-central-1:123456789012:function:theirs:live';
const GLOBAL = { visibility: 'global' };

const own = (changes: Record<string, unknown> = {}, record: Partial<RegisteredAgent> = {}) =>
  registeredAgent(agentDefinition('zig', 'debugger', { endpoint_url: 'https://agents.example.com/zig', ...changes }), {
    owner: ACME,
    createdAtMs: NOON_MS,
    ...record,
  });

const MINUTE = { minute: 7, calls: 1, failures: 1, totalMs: 5, latency: [1] };

const rigWith = (agents: readonly RegisteredAgent[], options: Omit<RigOptions, 'agents'> = {}) =>
  makeRig({ agents, ...options });

describe('changing an agent', () => {
  const patch = (rig: ReturnType<typeof makeRig>, body: unknown, ifMatch: string | undefined = tag(1), more = {}) =>
    rig.send('PATCH', PATH, { body, ifMatch, ...more });

  it('by a patch leaves all else as it was, its health too, without a check', async () => {
    const rig = rigWith([own({ tags: ['a'], max_context_tokens: 1000 })], { probe: async () => failed('down') });
    const { status, headers, body } = await patch(rig, { name: 'New', tags: ['b'], max_context_tokens: null });
    expect([status, headers.etag]).toEqual([200, tag(2)]);
    expect(body).toMatchObject({ name: 'New', tags: ['b'], health: 'healthy', version: 2, timeout_seconds: 30 });
    expect(body).not.toHaveProperty('max_context_tokens');
    expect(rig.probed).toEqual([]);
    expect((await rig.send('GET', PATH)).body).toEqual(body);
    expect(rig.lines).toMatchObject([{ fields: { act: 'change', agent_id: 'zig', version: 2, user_id: 'ann' } }]);
  });

  it('by PUT replaces it whole', async () => {
    const rig = rigWith([own({ tags: ['a'] })]);
    const { status, body } = await rig.send('PUT', PATH, { body: definition({ name: 'Whole' }), ifMatch: tag(1) });
    expect([status, body.name, body.tags, body.version]).toEqual([200, 'Whole', [], 2]);
    expect(rig.lines).toMatchObject([{ fields: { act: 'replace' } }]);
  });

  it.each([
    ['elsewhere', { endpoint_url: 'https://agents.example.com/new' }],
    ['checked elsewhere', { health_check_url: 'https://agents.example.com/health' }],
    ['called with a secret', { credentials: { secret: 'switchboard/test/t-acme/agents.example.com/key' } }],
  ])('that is then %s is checked first', async (_, change) => {
    const down = rigWith([own()], { probe: async () => failed('down') });
    expect((await patch(down, change)).body).toMatchObject({ code: 'INVALID_REQUEST', errors: [{ message: 'down' }] });
    expect((await down.send('GET', PATH)).headers.etag).toBe(tag(1));
    const skipped = await patch(down, change, tag(1), { query: { skip_probe: 'true' } });
    expect([skipped.status, skipped.body.health]).toEqual([200, 'unknown']);
    const up = rigWith([
      own({}, { state: agentState({ health: 'unhealthy', checks: 9, passed: 0, minutes: [MINUTE] }) }),
    ]);
    expect((await patch(up, change)).body.health).toBe('healthy');
    const { state } = (await up.store.get(ACME, 'zig', patience())) ?? {};
    expect(state).toMatchObject({ checks: 1, passed: 1, minutes: [{ minute: 7 }] });
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['a field that does not exist', { colour: 'red' }, 'colour'],
    ['null for a required field', { name: null }, 'name'],
    ['another id', { agent_id: 'other' }, 'agent_id'],
    ['another visibility', { visibility: 'global' }, 'visibility'],
    ['a capability of another role', { capabilities: ['readme'] }, 'capabilities.0'],
    ['a role that does not hold its capabilities', { agent_type: 'documentation' }, 'capabilities.0'],
    ['a role in which others do not name it', { agent_type: 'documentation', capabilities: [] }, 'agent_type'],
    ['a circle of backups', { backup_agents: ['friend'] }, 'backup_agents.0'],
    ['an endpoint that is not allowed', { endpoint_url: 'https://10.0.0.1/' }, 'endpoint_url'],
    ['a bare list', { complexity_range: [] }, 'complexity_range'],
  ])('rejects %s and changes nothing', async (_, change, path) => {
    const friend = registeredAgent(agentDefinition('friend', 'debugger', { backup_agents: ['zig'] }), { owner: ACME });
    const rig = rigWith([own(), friend], {
      checkEndpoint: async (url) => (url.includes('10.0.0.1') ? 'not allowed' : undefined),
    });
    const { status, body } = await patch(rig, change);
    expect([status, fieldsOf(body)[0]]).toEqual([400, path]);
    expect((await rig.store.get(ACME, 'zig', patience()))?.version).toBe(1);
  });

  it('by PUT of what GET shows: what nobody sets is ignored, what does not exist is named', async () => {
    const rig = rigWith([own()]);
    const put = (body: unknown) => rig.send('PUT', PATH, { body, ifMatch: '*' });
    const shown = { ...(await rig.send('GET', PATH)).body, draining_until: '2026-11-24T12:00:00.000Z' };
    const { status, body } = await put({ ...shown, name: 'Edited', health: 'unhealthy', version: 9 });
    expect([status, body.name, body.health, body.version]).toEqual([200, 'Edited', 'healthy', 2]);
    expect(body).not.toHaveProperty('draining_until');
    expect(fieldsOf((await put({ ...shown, owner: 'acme' })).body)).toEqual(['owner']);
    expect(fieldsOf((await put({ ...shown, visibility: 'global' })).body)).toEqual(['visibility']);
    expect(fieldsOf((await patch(rig, { version: 3 }, '*')).body)).toEqual(['version']);
  });

  it.each(['endpoint_url', 'health_check_url'])(
    "rejects a function that is new as %s, which may be another tenant's, without the scope platform",
    async (field) => {
      const team = { scopes: TEAM_SCOPES };
      const rig = rigWith([own()]);
      const refused = await patch(rig, { [field]: FUNCTION }, '*', team);
      expect([refused.status, refused.body.code]).toEqual([403, 'FORBIDDEN']);
      const body = definition({ [field]: FUNCTION });
      expect((await rig.send('PUT', PATH, { body, ifMatch: '*', ...team })).status).toBe(403);
      expect(rig.probed).toEqual([]);
      expect((await patch(rig, { [field]: FUNCTION }, '*')).status).toBe(200);
      expect((await patch(rig, { [field]: FUNCTION, name: 'x' }, '*', team)).status).toBe(200);
      expect((await rig.send('PUT', PATH, { body, ifMatch: '*', ...team })).status).toBe(200);
      expect((await patch(rig, { [field]: `${FUNCTION}-2` }, '*', team)).status).toBe(403);
    },
  );

  it('never takes back what the monitor found meanwhile', async () => {
    const found = agentState({ health: 'unhealthy', checks: 2, minutes: [MINUTE] });
    const rig = rigWith([own()], {
      store: (twin) => ({
        put: async (...write) => {
          await twin.recordState(ACME, 'zig', 1, found, patience());
          return twin.put(...write);
        },
      }),
    });
    expect((await patch(rig, { name: 'New', timeout_seconds: 60 })).status).toBe(200);
    expect(await rig.store.get(ACME, 'zig', patience())).toMatchObject({ version: 2, state: found });
  });

  it('takes the visibility that it has', async () => {
    expect((await patch(rigWith([own()]), { visibility: 'tenant', name: 'x' })).status).toBe(200);
  });

  it('takes away what the role table no longer holds', async () => {
    const { definition: old } = own();
    const rig = rigWith([own({}, { definition: { ...old, capabilities: ['fix', 'of_yore'] } })]);
    expect(fieldsOf((await patch(rig, { name: 'x' })).body)).toEqual(['capabilities.1']);
    expect((await patch(rig, { capabilities: ['fix'] })).status).toBe(200);
  });

  it.each([
    [undefined, 428, 'VERSION_REQUIRED'],
    [tag(2), 412, 'VERSION_STALE'],
    ['"1"', 412, 'VERSION_STALE'],
    [`W/${tag(1)}`, 412, 'VERSION_STALE'],
    ['1', 400, 'INVALID_REQUEST'],
  ])('rejects If-Match: %s', async (ifMatch, status, code) => {
    for (const method of ['PUT', 'PATCH']) {
      const parts = { body: definition(), ...(ifMatch === undefined ? {} : { ifMatch }) };
      const reply = await rigWith([own()]).send(method, PATH, parts);
      expect([reply.status, reply.body.code]).toEqual([status, code]);
    }
  });

  it('says why a weak tag never matches, and only then', async () => {
    const detail = async (ifMatch: string, method = 'PATCH') =>
      (await rigWith([own()]).send(method, PATH, { body: { name: 'x' }, ifMatch })).body.detail;
    expect(await detail(`W/${tag(1)}`)).toContain('A weak tag (W/"…") never matches');
    expect(await detail(`W/${tag(1)}`, 'DELETE')).toContain('A weak tag (W/"…") never matches');
    expect(await detail(tag(2))).not.toContain('weak');
    expect(await detail(`"W/${tag(1).slice(1)}`)).not.toContain('weak');
  });

  it.each(['*', `"7", ${tag(1)}`])('takes If-Match: %s', async (ifMatch) => {
    expect((await patch(rigWith([own()]), { name: 'x' }, ifMatch)).status).toBe(200);
  });

  it('survives many writers: exactly one wins, the others are told', async () => {
    const rig = rigWith([own()]);
    const replies = await Promise.all(['A', 'B', 'C', 'D'].map((name) => patch(rig, { name })));
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412]);
    const winner = replies.find(({ status }) => status === 200);
    expect((await rig.send('GET', PATH)).body.name).toBe(winner?.body.name);
  });

  it("rejects a tenant on everybody's agent, and shows it not how that is reached", async () => {
    const rig = rigWith([own({}, { owner: 'global' })]);
    for (const query of [GLOBAL, {}, { visibility: 'tenant' }]) {
      const reply = await patch(rig, { name: 'x' }, tag(1), { scopes: TEAM_SCOPES, query });
      expect([reply.status, reply.body.code]).toEqual([403, 'FORBIDDEN']);
    }
    expect((await patch(rig, { name: 'x' })).body).toMatchObject({
      code: 'FORBIDDEN',
      detail: 'zig is a global agent: changing it needs ?visibility=global and the scope platform.',
    });
    expect((await patch(rig, { name: 'x' }, tag(1), { query: GLOBAL })).status).toBe(200);
    expect((await rig.send('GET', PATH, { scopes: TEAM_SCOPES })).body).not.toHaveProperty('endpoint_url');
    expect((await rig.send('GET', PATH)).body).toHaveProperty('endpoint_url');
  });

  it.each([
    ['of another tenant', own({}, { owner: TenantId.parse('rival') })],
    ['that drains', own({}, { drainingUntilMs: NOON_MS + 1_000 })],
    ['that is not there', registeredAgent(agentDefinition('else', 'debugger'))],
  ])('rejects one %s as unknown', async (_, agent) => {
    const reply = await patch(rigWith([agent]), { name: 'x' });
    expect([reply.status, reply.body.code]).toEqual([404, 'AGENT_NOT_FOUND']);
  });

  it('of all tenants, where the tenant has its own of that id, only when told', async () => {
    const rig = rigWith([own(), own({}, { owner: 'global' })]);
    await patch(rig, { name: 'Ours' });
    await patch(rig, { name: "Everybody's" }, tag(1), { query: GLOBAL });
    expect((await rig.store.get(ACME, 'zig', patience()))?.definition.name).toBe('Ours');
    expect((await rig.store.get('global', 'zig', patience()))?.definition.name).toBe("Everybody's");
  });
});
