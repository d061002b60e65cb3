import { describe, expect, test } from 'vitest';
import type { RegisteredAgent } from '../../../functions/application/agent-ports.ts';
import { makeProbeAgent } from '../../../functions/application/health/probe-agent.ts';
import type { Log } from '../../../functions/application/ports.ts';
import { describeDeployed, makeDeployAgent } from '../../../functions/application/registry/deploy-agent.ts';
import { makeDeployBuiltInAgents } from '../../../functions/application/registry/deploy-built-in-agents.ts';
import { makeWithdrawAgent } from '../../../functions/application/registry/withdraw-agent.ts';
import { makeMemoryAgentCaller, type ProbeBehaviour } from '../../twins/agent-caller.ts';
import { makeMemoryAgentStore } from '../../twins/agent-store.ts';
import { agentDefinition, agentState, NOON_MS, patience, registeredAgent } from '../../twins/samples.ts';
import { silentLog } from '../../twins/silent-log.ts';

type Changes = Readonly<Record<string, unknown>>;
const agent = (changes: Changes = {}, id = 'writer') => agentDefinition(id, 'documentation', changes);

/** A registry and what deployments do with it; waiting moves the clock. */
const rig = (present: readonly RegisteredAgent[] = [], probe: ProbeBehaviour = 'healthy') => {
  let nowMs = NOON_MS;
  const warnings: string[] = [];
  const log: Log = { ...silentLog, warn: (message) => warnings.push(message) };
  const clock = () => nowMs;
  const agents = makeMemoryAgentStore(present, clock);
  const caller = makeMemoryAgentCaller({ probe: () => probe });
  const deps = {
    agents,
    clock,
    log,
    probe: makeProbeAgent({ caller, clock, stopwatch: clock }),
    wait: async (ms: number, signal: AbortSignal) => {
      signal.throwIfAborted();
      nowMs += ms;
    },
  };
  const deployAgent = makeDeployAgent(deps);
  const withdrawAgent = makeWithdrawAgent(deps);
  return {
    agents,
    warnings,
    passedMs: () => nowMs - NOON_MS,
    get: (id = 'writer') => agents.get('global', id, patience()),
    deploy: (next: Changes, deployed?: Changes, takesOver = false) =>
      deployAgent({ owner: 'global', definition: agent(next), deployed: deployed && agent(deployed), takesOver }),
    withdraw: (signal = patience()) =>
      withdrawAgent({ owner: 'global', agentId: 'writer', endpointUrl: agent().endpointUrl }, signal),
    deployBuiltIns: makeDeployBuiltInAgents({ deployAgent, withdrawAgent }),
  };
};

const ELSEWHERE = { endpoint_url: 'https://agents.example.com/writer' };
const draining = (changes: Changes = {}) =>
  registeredAgent(agent(changes), { version: 4, drainingUntilMs: NOON_MS + 1_000 });

describe('a deployment', () => {
  test('registers a new agent with the health that its first check found', async () => {
    const { deploy, get, warnings } = rig();
    expect(await deploy({})).toMatchObject({ outcome: 'registered', health: 'healthy', reason: null, kept: [] });
    expect(await get()).toMatchObject({ version: 1, state: { health: 'healthy' } });
    expect(warnings).toEqual([]);
  });

  test('survives a failed health check: the agent is registered, and the reason is told', async () => {
    const { deploy, get, warnings } = rig([], 'nonsense');
    const deployed = await deploy({});
    expect(describeDeployed(deployed)).toBe('writer: registered, unknown (the reply is not a health reply)');
    expect(await get()).toMatchObject({ version: 1, state: { health: 'unknown', contrary: 1 } });
    expect(warnings).toHaveLength(1);
  });

  test('updates what it changed and keeps and tells what others changed', async () => {
    const { deploy, get, warnings } = rig([registeredAgent(agent({ description: 'theirs' }), { version: 7 })]);
    const deployed = await deploy({ name: 'New', description: 'ours' }, { description: 'old' });
    expect(describeDeployed(deployed)).toBe('writer: updated, healthy; kept as others changed it: description');
    expect(await get()).toMatchObject({ version: 8, definition: { name: 'New', description: 'theirs' } });
    expect(warnings).toHaveLength(1);
  });

  test('writes nothing when nothing is to be changed', async () => {
    const { deploy, get } = rig([registeredAgent(agent(), { state: agentState({ health: 'degraded' }) })]);
    expect(await deploy({}, { name: 'old' })).toMatchObject({ outcome: 'unchanged', health: 'degraded' });
    expect(await get()).toMatchObject({ version: 1 });
  });

  test('keeps what is known of an agent that stays where it is, and forgets it of one that moves', async () => {
    const known = [registeredAgent(agent(), { state: agentState({ health: 'unhealthy', checks: 9 }) })];
    const stays = rig(known);
    await stays.deploy({ name: 'New' }, {});
    expect(await stays.get()).toMatchObject({ state: { health: 'unhealthy', checks: 10 } });
    const moves = rig(known);
    await moves.deploy({ endpoint_url: `${agent().endpointUrl}2` }, {});
    expect(await moves.get()).toMatchObject({ state: { health: 'healthy', checks: 1 } });
  });

  test('takes the place of a draining agent at once', async () => {
    const { deploy, get } = rig([draining({ description: 'theirs' })]);
    expect(await deploy({ description: 'ours' })).toMatchObject({ outcome: 'registered' });
    expect(await get()).toMatchObject({ version: 5, drainingUntilMs: null, definition: { description: 'ours' } });
  });

  test.each([
    ['drains', [draining()]],
    ['is gone', []],
  ])('leaves an agent deregistered that others deregistered and that %s', async (_, present) => {
    const { deploy, agents, warnings } = rig(present);
    const deployed = await deploy({ name: 'New' }, {});
    expect(describeDeployed(deployed)).toBe('writer: others have deregistered it, and it stays so');
    expect((await agents.ofOwner('global', patience())).map(({ drainingUntilMs }) => drainingUntilMs)).toEqual(
      present.map(({ drainingUntilMs }) => drainingUntilMs),
    );
    expect(warnings).toHaveLength(1);
  });

  test('rejects an id that is registered at another endpoint, unless it may take over', async () => {
    const { deploy, get } = rig([registeredAgent(agent(ELSEWHERE))]);
    await expect(deploy({})).rejects.toMatchObject({ code: 'AGENT_EXISTS' });
    expect(await get()).toMatchObject({ version: 1 });
    expect(await deploy({}, undefined, true)).toMatchObject({ outcome: 'unchanged', kept: ['endpoint_url'] });
  });

  test('rejects a backup that does not exist, naming the field', async () => {
    const { deploy, get } = rig();
    await expect(deploy({ backup_agents: ['nobody'] })).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
      fields: [{ path: 'backup_agents.0' }],
    });
    expect(await get()).toBeUndefined();
  });

  test('survives another writer that comes first', async () => {
    const { deploy, get, agents } = rig([registeredAgent(agent())]);
    const { put } = agents;
    let isFirst = true;
    agents.put = async (owner, definition, state, version, signal) => {
      if (isFirst) await put(owner, agent({ description: 'theirs' }), state, version, signal);
      isFirst = false;
      return put(owner, definition, state, version, signal);
    };
    expect(await deploy({ name: 'New' }, {})).toMatchObject({ outcome: 'updated', kept: ['description'] });
    expect(await get()).toMatchObject({ version: 3, definition: { name: 'New', description: 'theirs' } });
  });
});

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
    await expect(withdraw(AbortSignal.abort())).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    expect(await get()).toMatchObject({ drainingUntilMs: NOON_MS + 41_000 });
  });
});

describe('the built-in agents', () => {
  test('that left the code are withdrawn, new ones registered, the others brought up to date', async () => {
    const [gone, old, fresh] = [agent({}, 'gone'), agent({}, 'old'), agent({}, 'fresh')];
    const { deployBuiltIns, agents } = rig([registeredAgent(gone), registeredAgent(old)]);
    const done = await deployBuiltIns([agent({ name: 'New' }, 'old'), fresh], [gone, old], patience());
    expect(done.map(({ agentId, outcome }) => [agentId, outcome])).toEqual([
      ['old', 'updated'],
      ['fresh', 'registered'],
    ]);
    const left = await agents.ofOwner('global', patience());
    expect(left.map(({ definition }) => definition.agentId)).toEqual(['fresh', 'old']);
  });

  test('of a stack that was deployed anew are called at their new functions', async () => {
    const { deployBuiltIns, get } = rig([registeredAgent(agent({ endpoint_url: `${agent().endpointUrl}-of-old` }))]);
    await deployBuiltIns([agent()], undefined, patience());
    expect(await get()).toMatchObject({ definition: { endpointUrl: agent().endpointUrl } });
  });

  test('rejects with the failure of one, after the others are done', async () => {
    const { deployBuiltIns, get } = rig();
    const bad = agent({ backup_agents: ['nobody'] }, 'bad');
    await expect(deployBuiltIns([bad, agent()], undefined, patience())).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
    });
    expect(await get()).toMatchObject({ version: 1 });
  });
});
