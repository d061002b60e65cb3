import { describe, expect, it, vi } from 'vitest';
import type { RegisteredAgent } from '../../functions/application/agent-ports.ts';
import { TenantId } from '../../functions/domain/contract/ids.ts';
import { withCall } from '../../functions/domain/health/latency.ts';
import { agentDefinition, agentState, NOON_MS, registeredAgent } from '../twins/samples.ts';
import { fieldsOf, makeRig, TEAM_SCOPES, tag } from './registration-rig.ts';

vi.hoisted(() => {
  process.env.POWERTOOLS_LOG_LEVEL = 'SILENT';
});

const ACME = TenantId.parse('acme');
const names = (body: { agents: { agent_id: string }[] }) => body.agents.map(({ agent_id }) => agent_id);

const agents = [
  registeredAgent(agentDefinition('own', 'debugger', { specializations: ['Zig'] }), { owner: ACME }),
  registeredAgent(agentDefinition('theirs', 'debugger'), { owner: TenantId.parse('rival') }),
  registeredAgent(agentDefinition('all', 'debugger', { tags: ['beta'] })),
  registeredAgent(agentDefinition('docs', 'documentation'), { state: agentState({ health: 'unhealthy' }) }),
];

describe('the list of agents', () => {
  it("holds the tenant's own and everybody's, by id", async () => {
    const { body } = await makeRig({ agents }).send('GET', '/v1/agents');
    expect(names(body)).toEqual(['all', 'docs', 'own']);
    expect(body).not.toHaveProperty('next');
  });

  it.each([
    [{ agent_type: 'debugger', specialization: 'zig' }, ['own']],
    [{ tag: 'Beta' }, ['all']],
    [{ health: 'unhealthy' }, ['docs']],
    [{ health: 'unhealthy', agent_type: 'debugger' }, []],
  ])('is filtered by %j', async (query, expected) => {
    expect(names((await makeRig({ agents }).send('GET', '/v1/agents', { query })).body)).toEqual(expected);
  });

  it('goes on where a page ended', async () => {
    const rig = makeRig({ agents });
    const first = await rig.send('GET', '/v1/agents', { query: { limit: '2' } });
    expect(names(first.body)).toEqual(['all', 'docs']);
    const second = await rig.send('GET', '/v1/agents', { query: { limit: '2', cursor: first.body.next } });
    expect(names(second.body)).toEqual(['own']);
  });

  it.each([
    [{ agent_type: 'wizard' }, 'agent_type'],
    [{ health: 'fine' }, 'health'],
    [{ limit: '0' }, 'limit'],
    [{ colour: 'red' }, 'colour'],
  ])('rejects %j', async (query, path) => {
    const { status, body } = await makeRig({ agents }).send('GET', '/v1/agents', { query });
    expect([status, fieldsOf(body)]).toEqual([400, [path]]);
  });

  it('rejects a cursor that no page gave', async () => {
    const { status } = await makeRig({ agents }).send('GET', '/v1/agents', { query: { cursor: 'eyJpZCI6ImEifQ' } });
    expect(status).toBe(400);
  });

  it('shows how an agent is reached only to those who may change that', async () => {
    const rig = makeRig({ agents });
    const reached = async (scopes: readonly string[]) =>
      (await rig.send('GET', '/v1/agents', { scopes })).body.agents
        .filter((agent: object) => 'endpoint_url' in agent)
        .map(({ agent_id }: { agent_id: string }) => agent_id);
    expect(await reached(['agents:read'])).toEqual([]);
    expect(await reached(['agents:read', 'platform'])).toEqual([]);
    expect(await reached(TEAM_SCOPES)).toEqual(['own']);
    expect(await reached([...TEAM_SCOPES, 'platform'])).toEqual(['all', 'docs', 'own']);
  });
});

describe('one agent', () => {
  it('comes with an ETag of its version and of when it was registered', async () => {
    const own = { ...agents[0], createdAtMs: NOON_MS } as RegisteredAgent;
    const { status, headers } = await makeRig({ agents: [own] }).send('GET', '/v1/agents/own');
    expect([status, headers.etag]).toEqual([200, tag(1)]);
  });

  it.each(['theirs', 'nobody', 'x'.repeat(300), '__proto__', 'a%23b', '%'])('rejects %s as unknown', async (id) => {
    const { status, body } = await makeRig({ agents }).send('GET', `/v1/agents/${id}`);
    expect([status, body.code]).toEqual([404, 'AGENT_NOT_FOUND']);
  });
});

describe('the status', () => {
  it('shows health, performance and circuit of every agent that the tenant sees', async () => {
    const minute = Math.floor(NOON_MS / 60_000) - 1;
    const minutes = [
      {
        minute,
        calls: 4,
        failures: 1,
        totalMs: 6_000,
        latency: [10, 20, 20, 5_950].reduce(withCall, [] as readonly number[]),
      },
    ];
    const state = agentState({ minutes, checks: 4, passed: 3, reason: 'no reply within 5 s' });
    const own = registeredAgent(agentDefinition('own', 'debugger'), { owner: ACME, state });
    const rig = makeRig({ agents: [...agents.slice(1), own], circuits: new Map([['own', 'open']]) });
    const { body } = await rig.send('GET', '/v1/agents/status');
    expect(body).toMatchObject({ registered_agents: 3, active_conversations: 3 });
    expect(names(body)).toEqual(['all', 'docs', 'own']);
    expect(body.agents[2]).toMatchObject({
      type: 'debugger',
      health: 'healthy',
      health_reason: 'no reply within 5 s',
      uptime: 0.75,
      response_time_ms: 10,
      last_check: new Date(NOON_MS).toISOString(),
      calls: 4,
      error_rate: 0.25,
      avg_ms: 1_500,
      in_flight: 0.1,
      circuit: 'open',
    });
    expect(body.agents[2].p95_ms).toBeGreaterThanOrEqual(5_950);
    expect(body.agents[0]).toMatchObject({ circuit: 'closed', calls: 0, error_rate: null, p50_ms: null });
  });

  it("keeps what is other tenants' traffic from all but the platform", async () => {
    const minute = Math.floor(NOON_MS / 60_000) - 1;
    const state = agentState({ minutes: [{ minute, calls: 4, failures: 1, totalMs: 6_000, latency: [0, 4] }] });
    const of = (id: string, owner: RegisteredAgent['owner']) =>
      registeredAgent(agentDefinition(id, 'debugger'), { owner, state });
    const rig = makeRig({ agents: [of('all', 'global'), of('own', ACME)] });
    const seen = async (scopes: readonly string[]) =>
      (await rig.send('GET', '/v1/agents/status', { scopes })).body.agents;
    const [all, own] = await seen(TEAM_SCOPES);
    expect(all).toMatchObject({ calls: null, in_flight: null, health: 'healthy', error_rate: 0.25, avg_ms: 1_500 });
    expect(all.p95_ms).toBeGreaterThan(0);
    expect(own).toMatchObject({ calls: 4, in_flight: 0.1 });
    expect((await seen(['agents:read', 'platform']))[0]).toMatchObject({ calls: 4, in_flight: 0.1 });
  });
});
