import { readFileSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { makeMonitorAgents } from '../../../functions/application/health/monitor-agents.ts';
import { agentDefinition, agentState, freshTenant, NOON_MS, patience } from '../../twins/samples.ts';
import { agentOf, agentsOf, BAD, down, fakeTime, GOOD, makeMonitored, RUN_MS } from './monitored-agents.ts';

fakeTime();

describe('a fault of one agent', () => {
  it('survives: its state cannot be written, and the others are', async () => {
    const { run, store, metrics } = makeMonitored(
      agentsOf(3),
      () => BAD,
      ({ recordState }) => ({
        recordState: (...call) => (call[1] === 'agent-1' ? down() : recordState(...call)),
      }),
    );
    expect(await run()).toBe(2);
    expect((await store.all(patience())).map(({ state }) => state.contrary)).toEqual([1, 0, 1]);
    expect(metrics.get('AgentsMissed')).toBe(1);
  });

  it('survives: it is moved while it is checked, and what its new endpoint showed stands', async () => {
    const moved = agentState({ health: 'healthy', checks: 9 });
    const { run, store, probed } = makeMonitored([agentOf('a', { state: agentState({ health: 'unhealthy' }) })]);
    const running = run();
    await vi.waitUntil(() => probed.length > 0);
    await store.put('global', agentDefinition('a', 'documentation'), moved, 1, patience());
    expect(await running).toBe(1);
    expect(await store.get('global', 'a', patience())).toMatchObject({ version: 2, state: moved });
    const seen = await store.registry.agents(freshTenant(), patience());
    expect(seen).toMatchObject([{ version: 2, health: 'healthy' }]);
  });

  it('survives: its check throws, and the others are made', async () => {
    const { run } = makeMonitored(agentsOf(3), (id) => (id === 'agent-1' ? new Error('a bug') : GOOD));
    expect(await run()).toBe(2);
  });

  it('survives: its owner cannot be published, and the others are', async () => {
    const tenant = freshTenant();
    const { run, store, metrics } = makeMonitored(
      [agentOf('a', { owner: tenant }), agentOf('b')],
      () => BAD,
      ({ publish }) => ({ publish: (...call) => (call[0] === tenant ? down() : publish(...call)) }),
    );
    await run();
    await run();
    const seen = await store.registry.agents(tenant, patience());
    expect(seen.map(({ definition, health }) => [definition.agentId, health]).sort()).toEqual([
      ['a', 'healthy'],
      ['b', 'unhealthy'],
    ]);
    expect([metrics.get('AgentsProbed'), metrics.get('AgentsMissed')]).toEqual([2, 1]);
  });

  it('rejects a run without agents to read, so that its heartbeat is missed', async () => {
    const { run, metrics } = makeMonitored(
      agentsOf(1),
      () => GOOD,
      () => ({ all: down }),
    );
    await expect(run()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(metrics.size).toBe(0);
  });
});

describe('an agent that drains', () => {
  const over = { drainingUntilMs: NOON_MS };
  const left = async ({ store }: ReturnType<typeof makeMonitored>): Promise<readonly string[]> =>
    (await store.all(patience())).map(({ card }) => card.agentId);

  it('is probed no more, and removed once it has drained', async () => {
    const world = makeMonitored([
      agentOf('a'),
      agentOf('b', { drainingUntilMs: NOON_MS + 60_000 }),
      agentOf('c', over),
    ]);
    expect(await world.run()).toBe(1);
    expect(world.probed).toEqual(['a']);
    expect(await left(world)).toEqual(['a', 'b']);
    await vi.advanceTimersByTimeAsync(60_000);
    await world.run();
    expect(await left(world)).toEqual(['a']);
  });

  it('stays on record while routers could not be told: nothing else knows that it is to go', async () => {
    const world = makeMonitored(
      [agentOf('a', over)],
      () => GOOD,
      () => ({ publish: down }),
    );
    await world.run();
    expect(await left(world)).toEqual(['a']);
  });

  it('stays if it was registered again meanwhile', async () => {
    const world = makeMonitored(
      [agentOf('a', over)],
      () => GOOD,
      ({ publish, put }) => ({
        publish: async (...call) => {
          await put('global', agentDefinition('a', 'debugger'), agentState(), 1, patience());
          return publish(...call);
        },
      }),
    );
    await world.run();
    expect(await world.store.get('global', 'a', patience())).toMatchObject({ version: 2, drainingUntilMs: null });
  });

  it('survives: one cannot be removed, and the others are', async () => {
    const world = makeMonitored(
      [agentOf('a', over), agentOf('b', over)],
      () => GOOD,
      ({ remove }) => ({ remove: (...call) => (call[1] === 'a' ? down() : remove(...call)) }),
    );
    await world.run();
    expect(await left(world)).toEqual(['a']);
  });
});

describe('two runs at the same time', () => {
  it('count a bad check once: no agent falls by them', async () => {
    const { run, deps, store } = makeMonitored(agentsOf(1), () => BAD);
    const other = makeMonitorAgents(deps)(Date.now() + RUN_MS);
    await run();
    await other;
    expect((await store.get('global', 'agent-0', patience()))?.state).toMatchObject({
      health: 'healthy',
      contrary: 1,
      checks: 2,
    });
  });
});

/** The use case's sources, itself included, as far as they run: what is imported as a type alone is not. */
const sourcesOf = (file: URL, found = new Set<string>()): ReadonlySet<string> => {
  if (found.has(file.pathname)) return found;
  found.add(file.pathname);
  for (const [, path] of readFileSync(file, 'utf8').matchAll(/^(?:import|export)\s(?!type)[^;]*?'(\.[^']+)'/gm))
    if (path !== undefined) sourcesOf(new URL(path, file), found);
  return found;
};

describe('monitor and sweeper', () => {
  it('share nothing but the limit of a store call, so that neither can hold up the other', () => {
    const application = new URL('../../../functions/application/', import.meta.url);
    const sweeper = sourcesOf(new URL('turns/sweep-turns.ts', application));
    const shared = [...sourcesOf(new URL('health/monitor-agents.ts', application))].filter((file) => sweeper.has(file));
    expect(shared).toEqual([new URL('deadlines.ts', application).pathname]);
  });
});
