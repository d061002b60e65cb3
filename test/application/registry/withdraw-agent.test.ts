import { describe, expect, test } from 'vitest';
import { agentState, NOON_MS, patience, registeredAgent } from '../../twins/samples.ts';
import { agent, draining, ELSEWHERE, rig } from './deployment-rig.ts';

describe('a removal', () => {
  test('waits until the last turn is over, then the agent is gone', async () => {
    const { withdraw, get, passedMs } = rig([registeredAgent(agent({ timeout_seconds: 20 }))]);
    await withdraw();
    expect(passedMs()).toBe(31_000);
    expect(await get()).toBeUndefined();
  });

  test('waits no longer than a drain that has begun', async () => {
    const { withdraw, get, passedMs } = rig([draining()]);
    await withdraw();
    expect(passedMs()).toBe(1_000);
    expect(await get()).toBeUndefined();
  });

  test('tells routers again of a drain that has begun, of which they may have heard nothing', async () => {
    const { withdraw, agents } = rig([draining()]);
    const untils: number[] = [];
    const { drain } = agents;
    agents.drain = (...drained) => {
      untils.push(drained[3]);
      return drain(...drained);
    };
    await withdraw();
    expect(untils).toEqual([NOON_MS + 1_000]);
  });

  test('survives others that deregister the agent while it drains', async () => {
    const { withdraw, get, agents, warnings, duringWait } = rig([registeredAgent(agent())]);
    const drainAgain = (version: number) => agents.drain('global', 'writer', version, NOON_MS + 41_000, patience());
    duringWait(() => drainAgain(2));
    const { remove } = agents;
    agents.remove = async (...removal) => {
      agents.remove = remove;
      await drainAgain(3);
      return remove(...removal);
    };
    await withdraw();
    expect(await get()).toBeUndefined();
    expect(warnings).toEqual([]);
  });

  test('leaves an agent that was registered again while it drained, and one that drains anew since', async () => {
    const { withdraw, get, agents, warnings, duringWait } = rig([registeredAgent(agent())]);
    duringWait(() => agents.put('global', agent(ELSEWHERE), agentState(), 2, patience()));
    await withdraw();
    expect(await get()).toMatchObject({ version: 3, drainingUntilMs: null });
    expect(warnings).toHaveLength(1);

    const twice = rig([registeredAgent(agent())]);
    twice.duringWait(async () => {
      await twice.agents.put('global', agent(), agentState(), 2, patience());
      await twice.agents.drain('global', 'writer', 3, NOON_MS + 50_000, patience());
    });
    await twice.withdraw();
    expect(await twice.get()).toMatchObject({ version: 4, drainingUntilMs: NOON_MS + 50_000 });
  });

  test('leaves an agent alone that is at another endpoint now', async () => {
    const { withdraw, get, warnings, passedMs } = rig([registeredAgent(agent(ELSEWHERE))]);
    await withdraw();
    expect(await get()).toMatchObject({ drainingUntilMs: null });
    expect(warnings).toHaveLength(1);
    expect(passedMs()).toBe(0);
  });

  test('does nothing about an agent that is gone', async () => {
    const { withdraw, passedMs } = rig();
    await withdraw();
    expect(passedMs()).toBe(0);
  });

  test('rejects when its time is up before the last turn is over', async () => {
    const { withdraw, get } = rig([registeredAgent(agent())]);
    await expect(withdraw(AbortSignal.abort())).rejects.toMatchObject({
      code: 'DEADLINE_EXCEEDED',
      detail: expect.stringContaining('2026-11-24T12:00:41.000Z'),
    });
    expect(await get()).toMatchObject({ drainingUntilMs: NOON_MS + 41_000 });
  });
});
