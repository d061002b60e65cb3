import { describe, expect, test } from 'vitest';
import { describeDeployed } from '../../../functions/application/registry/deploy-agent.ts';
import { MAX_AGENTS } from '../../../functions/domain/contract/agent.ts';
import { agentState, patience, registeredAgent } from '../../twins/samples.ts';
import { agent, draining, ELSEWHERE, rig } from './deployment-rig.ts';

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
    const found = agentState({ health: 'degraded', checks: 11 });
    stays.beforePut(() => stays.agents.recordState('global', 'writer', 1, found, patience()));
    await stays.deploy({ name: 'New' }, {});
    expect(await stays.get()).toMatchObject({ version: 2, state: found });
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

  test('rejects one more agent than an owner may have, but changes those that are there', async () => {
    const many = Array.from({ length: MAX_AGENTS - 1 }, (_, index) => registeredAgent(agent({}, `a-${index}`)));
    const full = rig([...many, registeredAgent(agent({}, 'last'))]);
    await expect(full.deploy({})).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
      detail: 'Global agents are as many as there may be, 1000: deregister one first.',
    });
    expect(await full.get()).toBeUndefined();
    for (const present of [registeredAgent(agent()), draining()])
      expect(await rig([...many, present]).deploy({ name: 'New' })).toMatchObject({ kept: expect.any(Array) });
  });

  test('rejects a backup that does not exist, naming the field', async () => {
    const { deploy, get } = rig();
    await expect(deploy({ backup_agents: ['nobody'] })).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
      fields: [{ path: 'backup_agents.0' }],
    });
    expect(await get()).toBeUndefined();
  });

  test('survives others that name it where its new role may not stand: the record is kept, and why is told', async () => {
    const named = registeredAgent(agent({ backup_agents: ['writer'] }, 'friend'));
    const { deploy, get, warnings } = rig([registeredAgent(agent(), { version: 7 }), named]);
    const deployed = await deploy({ agent_type: 'debugger', capabilities: ['fix'], name: 'Fixer' }, {});
    expect(describeDeployed(deployed)).toBe(
      'writer: unchanged, healthy; kept: agent_type, capabilities, name, since friend of role documentation names it in ' +
        'backup_agents',
    );
    expect(await get()).toMatchObject({ version: 7, definition: { agentType: 'documentation', name: 'writer' } });
    expect(warnings).toHaveLength(1);
  });

  test('changes the role of an agent that nobody names', async () => {
    const { deploy, get } = rig([registeredAgent(agent())]);
    expect(await deploy({ agent_type: 'debugger', capabilities: ['fix'] }, {})).toMatchObject({ outcome: 'updated' });
    expect(await get()).toMatchObject({ definition: { agentType: 'debugger' } });
  });

  test('survives another writer that comes first', async () => {
    const { deploy, get, agents, beforePut } = rig([registeredAgent(agent())]);
    const { put } = agents;
    beforePut(() => put('global', agent({ description: 'theirs' }), undefined, 1, patience()));
    expect(await deploy({ name: 'New' }, {})).toMatchObject({ outcome: 'updated', kept: ['description'] });
    expect(await get()).toMatchObject({ version: 3, definition: { name: 'New', description: 'theirs' } });
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
