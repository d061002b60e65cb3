import { expect, it, vi } from 'vitest';
import { referenceProblems } from '../../../functions/domain/registry/references.ts';
import { agentDefinition, registeredAgent } from '../../twins/samples.ts';

vi.hoisted(() => {
  Object.assign(globalThis, { SWITCHBOARD_ROLES: { debugger: { fallback_roles: ['code_generator'] } } });
});

it('a backup may have a role that may answer in place of the other, but not the other way round', () => {
  const others = ['debugger', 'code_generator'].map((role) => registeredAgent(agentDefinition(role, role)));
  const agents = new Map(others.map((agent) => [agent.definition.agentId, agent]));
  const problems = (role: string, backup: string) =>
    referenceProblems(agentDefinition('a', role, { backup_agents: [backup] }), agents).length;
  expect(problems('debugger', 'code_generator')).toBe(0);
  expect(problems('code_generator', 'debugger')).toBe(1);
});
