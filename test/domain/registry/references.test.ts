import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { referenceProblems, referencesTo, roleProblems } from '../../../functions/domain/registry/references.ts';
import { visibleAgents } from '../../../functions/domain/registry/visible-agents.ts';
import { agentDefinition, registeredAgent } from '../../twins/samples.ts';

const agent = (id: string, role = 'debugger', changes: Record<string, unknown> = {}) =>
  agentDefinition(id, role, changes);

const among = (...definitions: ReturnType<typeof agent>[]) =>
  visibleAgents(
    'global',
    definitions.map((definition) => registeredAgent(definition)),
  );

const problems = (definition: ReturnType<typeof agent>, ...others: ReturnType<typeof agent>[]) =>
  referenceProblems(definition, among(...others)).map(({ path, message }) => `${path}: ${message}`);

describe('backups', () => {
  it('may be agents of the same role', () => {
    expect(problems(agent('a', 'debugger', { backup_agents: ['b'] }), agent('b'))).toEqual([]);
  });

  it.each([
    ['of an agent that is not there', ['nobody'], 'backup_agents.0: there is no agent nobody'],
    ['of the agent itself', ['a'], 'backup_agents.0: an agent is no backup of itself'],
    [
      'of another role',
      ['writer'],
      'backup_agents.0: writer is of role documentation and may not answer in place of role debugger',
    ],
    ['named twice', ['b', 'b'], 'backup_agents.1: b is named twice'],
    ['that have this one for a backup', ['c'], 'backup_agents.0: backups form a circle: a → c → d → a'],
  ])('rejects those %s', (_, backups, problem) => {
    const others = [
      agent('b'),
      agent('writer', 'documentation'),
      agent('c', 'debugger', { backup_agents: ['b', 'd'] }),
      agent('d', 'debugger', { backup_agents: ['a'] }),
    ];
    expect(problems(agent('a', 'debugger', { backup_agents: backups }), ...others)).toEqual([problem]);
  });

  // Two writers at the same time can make one: each looks at the other's agent before it has changed.
  it('survives a circle of others', () => {
    const others = [agent('b', 'debugger', { backup_agents: ['c'] }), agent('c', 'debugger', { backup_agents: ['b'] })];
    expect(problems(agent('a', 'debugger', { backup_agents: ['b'] }), ...others)).toEqual([]);
  });

  it('never form a circle, in whatever order agents are registered', () => {
    const ids = ['a', 'b', 'c', 'd', 'e'];
    const change = fc.record({ id: fc.constantFrom(...ids), backups: fc.uniqueArray(fc.constantFrom(...ids)) });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 30 }), (changes) => {
        const present = new Map(ids.map((id) => [id, agent(id)]));
        for (const { id, backups } of changes) {
          const next = agent(id, 'debugger', { backup_agents: backups });
          if (referenceProblems(next, among(...present.values())).length === 0) present.set(id, next);
        }
        // Without a circle, taking away who has no backups left takes away all.
        const left = new Map([...present].map(([id, { backupAgents }]) => [id, backupAgents as readonly string[]]));
        for (let round = 0; round < ids.length; round += 1)
          for (const [id, backups] of left) if (backups.every((backup) => !left.has(backup))) left.delete(id);
        expect([...left.keys()]).toEqual([]);
      }),
    );
  });
});

describe('sub-agents', () => {
  const supervisor = (subAgents: readonly string[]) => agent('boss', 'supervisor', { sub_agents: subAgents });

  it('may be agents and roles', () => {
    expect(problems(supervisor(['a', 'documentation']), agent('a'))).toEqual([]);
  });

  it.each([
    [['nobody'], 'sub_agents.0: there is no agent and no role nobody'],
    [['a', 'boss'], 'sub_agents.1: a supervisor does not choose itself'],
    [['supervisor'], 'sub_agents.0: a supervisor does not choose among supervisors'],
    [['other'], 'sub_agents.0: other is a supervisor itself'],
    [['constructor'], 'sub_agents.0: there is no agent and no role constructor'],
  ])('rejects %j', (subAgents, problem) => {
    expect(problems(supervisor(subAgents), agent('a'), agent('other', 'supervisor'))).toEqual([problem]);
  });
});

it('says who names an agent, where; a role of the same name is not it', () => {
  const agents = among(
    agent('a', 'debugger', { backup_agents: ['b'] }),
    agent('boss', 'supervisor', { sub_agents: ['b', 'documentation'] }),
    agent('b'),
    agent('documentation', 'documentation'),
  );
  expect(referencesTo('b', agents)).toEqual([
    { agentId: 'a', field: 'backup_agents' },
    { agentId: 'boss', field: 'sub_agents' },
  ]);
  expect(referencesTo('documentation', agents)).toEqual([]);
});

it('rejects a new role of an agent whose place others gave it for its old one', () => {
  const agents = among(
    agent('a', 'debugger', { backup_agents: ['b'] }),
    agent('boss', 'supervisor', { sub_agents: ['b'] }),
  );
  expect(roleProblems(agent('b', 'debugger'), agents)).toEqual([]);
  expect(roleProblems(agent('b', 'documentation'), agents)).toEqual([
    { path: 'agent_type', message: 'a of role debugger names it in backup_agents' },
  ]);
  expect(roleProblems(agent('b', 'supervisor'), agents)).toHaveLength(2);
});

it("a tenant's own agent takes the place of the global one, and others' are not seen", () => {
  const own = registeredAgent(agent('a', 'documentation'), { owner: 'mine' as never });
  const foreign = registeredAgent(agent('secret'), { owner: 'other' as never });
  const all = [own, foreign, registeredAgent(agent('a')), registeredAgent(agent('b'))];
  expect([...visibleAgents('mine', all).keys()].sort()).toEqual(['a', 'b']);
  expect(visibleAgents('mine', all).get('a')).toBe(own);
  expect(visibleAgents('global', all).get('a')?.definition.agentType).toBe('debugger');
});
