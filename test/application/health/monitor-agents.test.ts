import { describe, expect, it } from 'vitest';
import type { AgentOwner, CallMeasurement } from '../../../functions/application/agent-ports.ts';
import { minuteOf } from '../../../functions/domain/health/minutes.ts';
import { agentState, freshTenant, NOON_MS, patience } from '../../twins/samples.ts';
import { agentsOf, BAD, down, fakeTime, GOOD, HANGS, makeMonitored, RUN_MS } from './monitored-agents.ts';

const LAST_MINUTE = minuteOf(NOON_MS) - 1;

const callsOf = (agentId: string, calls: number, owner: AgentOwner = 'global'): CallMeasurement => ({
  owner,
  agentId,
  calls,
  failures: 0,
  totalMs: calls * 100,
  latency: [calls],
});

fakeTime();

describe('the monitor', () => {
  it('writes what it saw of every agent', async () => {
    const { run, store, metrics } = makeMonitored(agentsOf(2), (id) => (id === 'agent-1' ? BAD : GOOD));
    expect(await run()).toBe(2);
    const states = (await store.all(patience())).map(({ state }) => state);
    expect(states).toMatchObject([
      { health: 'healthy', contrary: 0, checks: 2, passed: 2 },
      { health: 'healthy', contrary: 1, checks: 2, passed: 1 },
    ]);
    expect([...metrics]).toEqual([
      ['AgentsProbed', 2],
      ['AgentsMissed', 0],
      ['AgentsUnhealthy', 0],
    ]);
  });

  it('takes an agent out at the second bad check in a row, and in at the second good one, as routers see it', async () => {
    let check = BAD;
    const { run, store, metrics } = makeMonitored(agentsOf(1), () => check);
    const tenant = freshTenant();
    const checked = async () => {
      await run();
      const [agent] = await store.registry.agents(tenant, patience());
      return [agent?.health, metrics.get('AgentsUnhealthy')];
    };
    expect(await checked()).toEqual(['healthy', 0]);
    expect(await checked()).toEqual(['unhealthy', 1]);
    check = GOOD;
    expect(await checked()).toEqual(['unhealthy', 1]);
    expect(await checked()).toEqual(['healthy', 0]);
  });

  it('probes nobody when nobody is registered, and says that it ran', async () => {
    const { run, metrics } = makeMonitored([]);
    expect(await run()).toBe(0);
    expect(metrics.get('AgentsProbed')).toBe(0);
  });
});

describe('500 agents', () => {
  it('survives: 50 of them hang, and all are checked within a minute', async () => {
    const { run, store, metrics } = makeMonitored(agentsOf(500), (id) => (id.endsWith('7') ? HANGS : GOOD));
    const startedMs = Date.now();
    expect(await run()).toBe(500);
    expect(Date.now() - startedMs).toBeLessThan(10_000);
    await run();
    expect(metrics.get('AgentsUnhealthy')).toBe(50);
    const out = (await store.all(patience())).filter(({ state }) => state.health === 'unhealthy');
    expect(out.every(({ card }) => card.agentId.endsWith('7'))).toBe(true);
  });

  it('survives: all of them hang, and all are checked within a minute', async () => {
    const { run } = makeMonitored(agentsOf(500), () => HANGS);
    const startedMs = Date.now();
    expect(await run()).toBe(500);
    expect(Date.now() - startedMs).toBeLessThan(RUN_MS);
  });

  it('survives: more hang than a run has time for: it ends in time, and the next one begins with the others', async () => {
    const agents = agentsOf(900, { state: agentState({ lastCheckMs: null }) });
    const { run, metrics, probed } = makeMonitored(agents, () => HANGS);
    const startedMs = Date.now();
    const checked = await run();
    expect(Date.now() - startedMs).toBeLessThan(RUN_MS);
    expect(checked).toBeGreaterThanOrEqual(500);
    expect(checked).toBeLessThan(900);
    expect(metrics.get('AgentsMissed')).toBe(900 - checked);
    const first = new Set(probed.splice(0));
    await run();
    expect(probed.slice(0, 900 - checked).some((agentId) => first.has(agentId))).toBe(false);
  });
});

describe('what routers measured', () => {
  it('is added up over all of them, minute by minute, and never twice', async () => {
    const { run, store, measurements } = makeMonitored(agentsOf(2));
    const write = (instance: string, minute: number, calls: number) =>
      measurements.write(instance, [callsOf('agent-0', calls)], minute * 60_000 + 1_000, patience());
    await write('one', LAST_MINUTE, 3);
    await write('two', LAST_MINUTE, 4);
    await write('one', LAST_MINUTE - 4, 1);
    // Too long ago, and not over yet.
    await write('one', LAST_MINUTE - 5, 50);
    await write('one', LAST_MINUTE + 1, 60);
    const tenant = freshTenant();
    await measurements.write('one', [callsOf('agent-1', 9, tenant)], LAST_MINUTE * 60_000, patience());
    for (let round = 0; round < 3; round += 1) {
      await run();
      const [called, other] = await store.ofOwner('global', patience());
      expect(called?.state.minutes).toEqual([
        { minute: LAST_MINUTE - 4, calls: 1, failures: 0, totalMs: 100, latency: [1] },
        { minute: LAST_MINUTE, calls: 7, failures: 0, totalMs: 700, latency: [7] },
      ]);
      expect(other?.state.minutes).toEqual([]);
    }
  });

  it('is found by the next run where it came late', async () => {
    const { run, store, measurements } = makeMonitored(agentsOf(1));
    const atMs = LAST_MINUTE * 60_000;
    await measurements.write('one', [callsOf('agent-0', 1)], atMs, patience());
    await run();
    await measurements.write('two', [callsOf('agent-0', 2)], atMs, patience());
    await run();
    const agent = await store.get('global', 'agent-0', patience());
    expect(agent?.state.minutes.map(({ calls }) => calls)).toEqual([3]);
  });

  it('survives: no minute can be read, and agents are checked all the same', async () => {
    const minutes = [{ minute: LAST_MINUTE - 7, calls: 1, failures: 1, totalMs: 5, latency: [1] }];
    const { run, store } = makeMonitored(agentsOf(1, { state: agentState({ minutes }) }));
    expect(await run({ measurements: { read: down } })).toBe(1);
    expect((await store.get('global', 'agent-0', patience()))?.state).toMatchObject({ minutes, checks: 2 });
  });

  it('survives: one minute cannot be read, and the others count', async () => {
    const { run, store, measurements } = makeMonitored(agentsOf(1));
    for (const ago of [0, 1]) {
      const atMs = (LAST_MINUTE - ago) * 60_000;
      await measurements.write('one', [callsOf('agent-0', 1)], atMs, patience());
    }
    const read: typeof measurements.read = (minute, signal) =>
      minute === LAST_MINUTE ? down() : measurements.read(minute, signal);
    await run({ measurements: { read } });
    const agent = await store.get('global', 'agent-0', patience());
    expect(agent?.state.minutes.map(({ minute }) => minute)).toEqual([LAST_MINUTE - 1]);
  });
});
