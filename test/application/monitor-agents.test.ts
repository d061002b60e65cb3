import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { makeMonitorAgents } from '../../functions/application/monitor-agents.ts';
import { makeRegisterAgent } from '../../functions/application/register-agent.ts';
import { makeRegisterBuiltInAgents } from '../../functions/application/register-built-in-agents.ts';
import { Failure } from '../../functions/domain/contract/failures.ts';
import { makeMemoryAgentCaller, type ProbeBehaviour } from '../twins/agent-caller.ts';
import { makeMemoryAgentStore } from '../twins/agent-store.ts';
import { agentDefinition, freshTenant, NOON_MS, patience, registeredAgent } from '../twins/samples.ts';
import { silentLog } from '../twins/silent-log.ts';

const wait = AbortSignal.timeout.bind(AbortSignal);
/** Deadlines are a hundred times shorter, so that a test can wait for them. */
beforeEach(() => void vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => wait(Math.ceil(ms / 100))));
afterEach(() => void vi.restoreAllMocks());

const setUp = (ids: readonly string[], probe: (agentId: string) => ProbeBehaviour) => {
  const agents = makeMemoryAgentStore(ids.map((id) => registeredAgent(agentDefinition(id, 'debugger'))));
  const caller = makeMemoryAgentCaller({ probe: ({ agentId }) => probe(agentId) });
  const metrics = new Map<string, number>();
  const deps = {
    agents,
    caller,
    clock: () => NOON_MS + 60_000,
    stopwatch: () => performance.now(),
    measure: (metric: string, value: number) => void metrics.set(metric, value),
    log: silentLog,
  };
  return { ...deps, deps, metrics, monitor: makeMonitorAgents(deps) };
};

describe('the monitor', () => {
  it('writes what it saw of every agent', async () => {
    const { monitor, agents, metrics } = setUp(['a', 'b'], () => 'healthy');
    expect(await monitor()).toBe(2);
    for (const agent of await agents.all(patience())) {
      expect(agent).toMatchObject({
        health: 'healthy',
        lastCheckMs: NOON_MS + 60_000,
        lastHealthyMs: NOON_MS + 60_000,
      });
      expect(agent.responseTimeMs).toBeGreaterThanOrEqual(0);
    }
    expect([...metrics]).toEqual([
      ['AgentsProbed', 2],
      ['AgentsUnhealthy', 0],
    ]);
  });

  it('takes an agent out at the second bad check in a row, and in at the second good one', async () => {
    let seen: ProbeBehaviour = 'nonsense';
    const { monitor, agents, metrics } = setUp(['a'], () => seen);
    const checked = async () => {
      await monitor();
      const agent = await agents.get('global', 'a', patience());
      return [agent?.health, agent?.contrary, metrics.get('AgentsUnhealthy')];
    };
    expect(await checked()).toEqual(['healthy', 1, 0]);
    expect(await checked()).toEqual(['unhealthy', 0, 1]);
    seen = 'healthy';
    expect(await checked()).toEqual(['unhealthy', 1, 1]);
    expect(await checked()).toEqual(['healthy', 0, 0]);
    seen = 'nonsense';
    await monitor();
    const agent = await agents.get('global', 'a', patience());
    expect(agent).toMatchObject({ responseTimeMs: null, lastHealthyMs: NOON_MS + 60_000 });
  });

  it('survives agents that hang: they are bounded and hold up nobody', async () => {
    const ids = Array.from({ length: 100 }, (_, index) => `agent-${index}`);
    const { monitor, agents } = setUp(ids, (id) => (id.endsWith('7') ? 'hang' : 'healthy'));
    const startedMs = performance.now();
    expect(await monitor()).toBe(100);
    expect(performance.now() - startedMs).toBeLessThan(2_000);
    const contrary = (await agents.all(patience())).filter((agent) => agent.contrary === 1);
    expect(contrary.map(({ definition }) => definition.agentId).every((id) => id.endsWith('7'))).toBe(true);
    expect(contrary).toHaveLength(10);
  });

  it('survives an agent whose health cannot be written', async () => {
    const { monitor, agents, deps } = setUp(['a', 'b', 'c'], () => 'degraded');
    const broken = makeMonitorAgents({
      ...deps,
      agents: {
        ...agents,
        recordHealth: async (...args) => {
          if (args[1] === 'b') throw new Failure('STORE_UNAVAILABLE', 'down');
          return agents.recordHealth(...args);
        },
      },
    });
    expect(await broken()).toBe(3);
    const all = await agents.all(patience());
    expect(all.map(({ contrary }) => contrary)).toEqual([1, 0, 1]);
    expect(await monitor()).toBe(3);
  });

  it('probes nobody when nobody is registered', async () => {
    expect(await setUp([], () => 'healthy').monitor()).toBe(0);
  });
});

describe('a registration', () => {
  const definition = agentDefinition('helper', 'debugger');

  it('checks the health at once, and a failed check is recorded', async () => {
    const { deps, agents } = setUp([], () => 'nonsense');
    const tenant = freshTenant();
    const agent = await makeRegisterAgent(deps)(tenant, definition, 0);
    expect(agent).toMatchObject({ version: 1, health: 'unknown', contrary: 1, responseTimeMs: null });
    expect(await agents.get(tenant, 'helper', patience())).toEqual(agent);
  });

  it('rejects an agent that is there already, and a version that is old', async () => {
    const { deps } = setUp([], () => 'healthy');
    const tenant = freshTenant();
    const register = makeRegisterAgent(deps);
    await register(tenant, definition, 0);
    await expect(register(tenant, definition, 0)).rejects.toMatchObject({ code: 'AGENT_EXISTS' });
    await expect(register(tenant, definition, 5)).rejects.toMatchObject({ code: 'VERSION_STALE' });
  });
});

describe('the built-in agents', () => {
  const definitions = ['one', 'two'].map((id) => agentDefinition(id, 'debugger'));

  it('are registered once, and updated only where they changed', async () => {
    const { deps, agents } = setUp([], () => 'healthy');
    const register = makeRegisterBuiltInAgents(deps);
    expect(await register(definitions)).toEqual(['one', 'two']);
    expect(await register(structuredClone(definitions))).toEqual([]);
    const changed = definitions.map((one, index) => (index === 1 ? { ...one, timeoutSeconds: 99 } : one));
    expect(await register(changed)).toEqual(['two']);
    expect(await agents.get('global', 'one', patience())).toMatchObject({ version: 1 });
    expect(await agents.get('global', 'two', patience())).toMatchObject({
      version: 2,
      definition: { timeoutSeconds: 99 },
    });
  });

  it('are registered although their health check fails or hangs', async () => {
    const { deps, agents } = setUp([], (id) => (id === 'one' ? 'hang' : 'nonsense'));
    expect(await makeRegisterBuiltInAgents(deps)(definitions)).toEqual(['one', 'two']);
    expect((await agents.all(patience())).map(({ contrary }) => contrary)).toEqual([1, 1]);
  });
});
