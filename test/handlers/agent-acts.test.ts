import { describe, expect, it, vi } from 'vitest';
import type { RegisteredAgent } from '../../functions/application/agent-ports.ts';
import { Failure } from '../../functions/domain/contract/failures.ts';
import { TenantId } from '../../functions/domain/contract/ids.ts';
import { agentDefinition, agentState, NOON_MS, patience, registeredAgent } from '../twins/samples.ts';
import { failed, fieldsOf, HEALTHY, makeRig, type RigOptions, TEAM_SCOPES, tag } from './registration-rig.ts';

vi.hoisted(() => {
  process.env.POWERTOOLS_LOG_LEVEL = 'SILENT';
});

const ACME = TenantId.parse('acme');
const PATH = '/v1/agents/zig';
const GLOBAL = { visibility: 'global' };
const ONLY_GLOBAL = 'zig is a global agent: changing it needs ?visibility=global and the scope platform.';

const own = (changes: Record<string, unknown> = {}, record: Partial<RegisteredAgent> = {}) =>
  registeredAgent(agentDefinition('zig', 'debugger', { endpoint_url: 'https://agents.example.com/zig', ...changes }), {
    owner: ACME,
    createdAtMs: NOON_MS,
    ...record,
  });

const rigWith = (agents: readonly RegisteredAgent[], options: Omit<RigOptions, 'agents'> = {}) =>
  makeRig({ agents, ...options });

describe('deregistering an agent', () => {
  const backup = registeredAgent(agentDefinition('friend', 'debugger', { backup_agents: ['zig'] }), { owner: ACME });
  const remove = (rig: ReturnType<typeof makeRig>, parts = {}) => rig.send('DELETE', PATH, parts);
  const DRAINED_MS = 5_000 + 30_000 + 6_000;

  it('drains it: no router gives it turns, and it is gone when the last may be over', async () => {
    const rig = rigWith([own(), backup]);
    const { status, body } = await remove(rig);
    const until = new Date(NOON_MS + DRAINED_MS).toISOString();
    const references = [{ agent_id: 'friend', field: 'backup_agents' }];
    expect([status, body]).toEqual([202, { agent_id: 'zig', draining_until: until, references }]);
    const routed = await rig.registry.agents(ACME, patience());
    expect(routed.map(({ definition: { agentId } }) => agentId)).toEqual(['friend']);
    expect((await rig.send('GET', PATH)).body).toMatchObject({ draining_until: until, version: 2 });

    rig.advance(DRAINED_MS - 1);
    expect((await remove(rig, { ifMatch: tag(1) })).body).toEqual(body);
    expect(rig.lines).toMatchObject([{ fields: { act: 'deregister', agent_id: 'zig', version: 2 } }, {}]);
    rig.advance(1);
    expect((await remove(rig)).status).toBe(404);
    expect((await rig.send('GET', PATH)).status).toBe(404);
    expect((await rig.send('GET', '/v1/agents')).body.agents).toHaveLength(1);
    expect((await rig.send('GET', '/v1/agents/status')).body.registered_agents).toBe(1);
  });

  it('frees its id at once; versions go on', async () => {
    const rig = rigWith([own()]);
    await remove(rig);
    const { status, headers, body } = await rig.register();
    expect([status, headers.etag]).toEqual([201, tag(3)]);
    expect(body).not.toHaveProperty('draining_until');
    expect(await rig.registry.agents(ACME, patience())).toHaveLength(1);
  });

  it('makes its ETags void: an agent that is registered after it has others, though versions begin again', async () => {
    const rig = rigWith([own()]);
    await remove(rig);
    rig.advance(DRAINED_MS);
    await rig.store.remove(ACME, 'zig', 2, patience());
    const { headers, body } = await rig.register();
    expect(body.version).toBe(1);
    expect((await remove(rig, { ifMatch: tag(1) })).status).toBe(412);
    expect((await remove(rig, { ifMatch: headers.etag })).status).toBe(202);
  });

  it('leaves nothing that others may name, and names nobody any more', async () => {
    const rig = rigWith([own(), backup]);
    await rig.send('DELETE', '/v1/agents/friend');
    const named = await rig.send('PATCH', PATH, { body: { backup_agents: ['friend'] }, ifMatch: tag(1) });
    expect(fieldsOf(named.body)).toEqual(['backup_agents.0']);
    expect(fieldsOf((await rig.register({ agent_id: 'new', backup_agents: ['friend'] })).body)).toEqual([
      'backup_agents.0',
    ]);
    expect((await remove(rig)).body.references).toEqual([]);
  });

  it("never falls through to everybody's agent of the same id while the tenant's own drains", async () => {
    const rig = rigWith([own(), own({}, { owner: 'global' })]);
    await remove(rig);
    await remove(rig);
    rig.advance(DRAINED_MS);
    const { status, body } = await remove(rig);
    expect([status, body.code, body.detail]).toEqual([403, 'FORBIDDEN', ONLY_GLOBAL]);
    expect((await rig.store.get('global', 'zig', patience()))?.drainingUntilMs).toBeNull();
    expect((await remove(rig, { query: GLOBAL })).status).toBe(202);
    expect((await rig.store.get('global', 'zig', patience()))?.drainingUntilMs).not.toBeNull();
  });

  it('done again, tells the routers again, who may have heard nothing: with the same end', async () => {
    const told: number[] = [];
    let isLost = true;
    const rig = rigWith([own()], {
      store: (twin) => ({
        drain: async (...drain) => {
          const drained = await twin.drain(...drain);
          told.push(drain[3]);
          if (isLost) throw new Failure('STORE_UNAVAILABLE', 'Later.', { retryAfterSeconds: 1 });
          return drained;
        },
      }),
    });
    expect((await remove(rig)).status).toBe(503);
    isLost = false;
    rig.advance(1_000);
    expect((await remove(rig)).body.draining_until).toBe(new Date(NOON_MS + DRAINED_MS).toISOString());
    expect(told).toEqual([NOON_MS + DRAINED_MS, NOON_MS + DRAINED_MS]);
  });

  it.each([
    ['of another version', own(), { ifMatch: tag(2) }, 412],
    ['of an agent before it of the same id and version', own({}, { createdAtMs: 7 }), { ifMatch: tag(1) }, 412],
    ['of another tenant', own({}, { owner: TenantId.parse('rival') }), {}, 404],
    ['of all tenants, from a tenant', own({}, { owner: 'global' }), { scopes: TEAM_SCOPES, query: GLOBAL }, 403],
    ['of all tenants that it does not say it means', own({}, { owner: 'global' }), {}, 403],
    ['without the scope for it', own(), { scopes: ['agents:read'] }, 403],
  ])('rejects one %s and leaves it', async (_, agent, parts, status) => {
    const rig = rigWith([agent]);
    expect((await remove(rig, parts)).status).toBe(status);
    expect((await rig.store.get(agent.owner, 'zig', patience()))?.drainingUntilMs).toBeNull();
  });

  it('survives a change at the same time, unless it named its version', async () => {
    const racing = () => {
      let raced = false;
      return rigWith([own()], {
        store: (twin) => ({
          drain: async (owner, id, version, untilMs, signal) => {
            if (!raced) await twin.put(owner, own({ name: 'Raced' }).definition, agentState(), version, signal);
            raced = true;
            return twin.drain(owner, id, version, untilMs, signal);
          },
        }),
      });
    };
    expect((await remove(racing())).status).toBe(202);
    expect((await remove(racing(), { ifMatch: tag(1) })).status).toBe(412);
  });
});

describe('checking an agent now', () => {
  const check = (rig: ReturnType<typeof makeRig>, parts = {}) => rig.send('POST', `${PATH}/probe`, parts);

  it('counts as one check: two bad ones make it unhealthy', async () => {
    const rig = rigWith([own()], { probe: async () => failed('no reply within 5 s') });
    rig.advance(60_000);
    const last_check = new Date(NOON_MS + 60_000).toISOString();
    const seen = {
      agent_id: 'zig',
      seen: 'unhealthy',
      reason: 'no reply within 5 s',
      response_time_ms: null,
      last_check,
    };
    expect((await check(rig)).body).toEqual({ ...seen, health: 'healthy' });
    expect((await check(rig)).body).toEqual({ ...seen, health: 'unhealthy' });
    const { state } = (await rig.store.get(ACME, 'zig', patience())) ?? {};
    expect(state).toMatchObject({ health: 'unhealthy', checks: 3, passed: 1, lastHealthyMs: NOON_MS });
    expect(rig.lines).toMatchObject([{ fields: { act: 'probe' } }, { fields: { act: 'probe' } }]);
  });

  it('says how long it took', async () => {
    let ms = 0;
    const stopwatch = () => {
      ms += 12.5;
      return ms;
    };
    const { body } = await check(rigWith([own()], { stopwatch, probe: async () => HEALTHY }));
    expect(body).toMatchObject({ seen: 'healthy', reason: null, response_time_ms: 12.5 });
  });

  it.each([
    ['that drains', own({}, { drainingUntilMs: NOON_MS + 1 }), {}, 404],
    ['of all tenants, from a tenant', own({}, { owner: 'global' }), { scopes: TEAM_SCOPES, query: GLOBAL }, 403],
    ['of all tenants that it does not say it means', own({}, { owner: 'global' }), {}, 403],
  ])('rejects one %s', async (_, agent, parts, status) => {
    const rig = rigWith([agent]);
    expect((await check(rig, parts)).status).toBe(status);
    expect(rig.probed).toEqual([]);
  });
});
