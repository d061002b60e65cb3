import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Health } from '../../../functions/domain/contract/agent.ts';
import type { AgentId } from '../../../functions/domain/contract/ids.ts';
import { decide, type RoutableAgent, type RoutingInput } from '../../../functions/domain/routing/decide.ts';
import { KEYWORD_POLICY } from '../../../functions/domain/routing/keyword-policy.ts';
import { agentDefinition } from '../../twins/samples.ts';

const ROLES = ['context_analyzer', 'code_generator', 'debugger', 'documentation', 'code_reviewer'];

const agent = (
  id: string,
  role: string,
  health: Health = 'healthy',
  specializations: string[] = [],
): RoutableAgent => ({
  definition: agentDefinition(id, role, { specializations }),
  health,
});
const FIVE = ROLES.map((role) => agent(role, role));

const choose = (message: string, agents: readonly RoutableAgent[], more: Partial<RoutingInput> = {}) =>
  decide({ message, attachments: [], agents, ...more }, KEYWORD_POLICY);
const pin = (id: string) => ({ pinnedAgent: id as AgentId });

describe('a decision', () => {
  it('takes an agent of the role that the message is for', () => {
    expect(choose('my app crashes', FIVE)).toMatchObject({ targetAgent: 'debugger', role: 'debugger', tier: 'rule' });
  });

  it('says who else there was and why not', () => {
    const { candidates } = choose('my app crashes', FIVE);
    expect(candidates[0]).toMatchObject({ agentId: 'debugger' });
    expect(candidates[0]).not.toHaveProperty('rejected');
    expect(candidates.slice(1).map(({ rejected }) => rejected)).toEqual(Array(4).fill('wrong_role'));
  });

  it('adds its signals up to its score', () => {
    for (const { score, signals } of choose('fix this go code', FIVE).candidates)
      expect(score).toBeCloseTo(Object.values(signals).reduce((sum, value) => sum + value, 0));
  });

  it('prefers the specialist, then the healthier, then the one that answered last', () => {
    const general = agent('a-general', 'debugger');
    expect(choose('fix my rust build', [general, agent('rusty', 'debugger', 'healthy', ['rust'])]).targetAgent).toBe(
      'rusty',
    );
    expect(choose('fix this', [agent('a', 'debugger', 'degraded'), agent('b', 'debugger')]).targetAgent).toBe('b');
    const twins = [agent('a', 'debugger'), agent('b', 'debugger')];
    expect(choose('fix this', twins).targetAgent).toBe('a');
    expect(choose('fix this', twins, { previousAgent: 'b' }).targetAgent).toBe('b');
  });

  it('for small talk names nobody', () => {
    expect(choose('thanks!', FIVE)).toMatchObject({ targetAgent: null, role: 'none', candidates: [] });
  });

  it('without agents names nobody, but knows the role', () => {
    expect(choose('fix this', [])).toMatchObject({ targetAgent: null, role: 'debugger', candidates: [] });
  });

  it('that is a guess says so', () => {
    expect(choose('could the pods of that deployment share one volume', FIVE)).toMatchObject({
      tier: 'fallback',
      targetAgent: KEYWORD_POLICY.defaultRole,
    });
  });

  it('lists ten candidates at most, the chosen one first', () => {
    const many = Array.from({ length: 50 }, (_, index) => agent(`agent-${index}`, 'debugger'));
    const { candidates, targetAgent } = choose('fix this', many);
    expect(candidates).toHaveLength(10);
    expect(candidates[0]?.agentId).toBe(targetAgent);
  });
});

describe('a pin', () => {
  it('names the agent, whatever the message is for', () => {
    expect(choose('thanks!', FIVE, pin('code_reviewer'))).toMatchObject({
      targetAgent: 'code_reviewer',
      role: 'code_reviewer',
      tier: 'pinned',
      confidence: 1,
    });
  });

  it.each([
    ['an unhealthy agent', agent('pinned', 'debugger', 'unhealthy'), 'unhealthy'],
    ['a supervisor', agent('pinned', 'supervisor'), 'wrong_role'],
  ])('does not open the gate to %s', (_, pinned, rejected) => {
    const decision = choose('fix this', [...FIVE, pinned], pin('pinned'));
    expect(decision.targetAgent).toBeNull();
    expect(decision.candidates).toContainEqual(expect.objectContaining({ agentId: 'pinned', rejected }));
  });
});

describe('the gates', () => {
  const agents = fc.uniqueArray(
    fc.record({
      id: fc.integer({ min: 0, max: 99 }),
      role: fc.constantFrom(...ROLES, 'supervisor'),
      health: fc.constantFrom(...Health.options),
      specializations: fc.subarray(['go', 'rust', 'sql']),
    }),
    { selector: ({ id }) => id, maxLength: 12 },
  );
  const message = fc.constantFrom(
    'fix this go crash',
    'write a sql query',
    'review my rust',
    'thanks!',
    'qwertz',
    'explain',
  );

  it('are never overridden, whatever the scores are, and the order of the agents does not matter', () => {
    const property = fc.property(agents, message, fc.nat(99), fc.boolean(), (drawn, text, id, pinned) => {
      const pool = drawn.map(({ id: n, role, health, specializations }) =>
        agent(`a${n}`, role, health, specializations),
      );
      const more = { previousAgent: `a${id}`, ...(pinned ? pin(`a${id}`) : {}) };
      const decision = choose(text, pool, more);
      expect(choose(text, pool.toReversed(), more)).toEqual(decision);
      const chosen = pool.find(({ definition }) => definition.agentId === decision.targetAgent);
      if (chosen === undefined) {
        expect(decision.targetAgent).toBeNull();
        const eligible = pool.filter(
          ({ definition, health }) =>
            health !== 'unhealthy' &&
            definition.agentType !== 'supervisor' &&
            (pinned ? definition.agentId === `a${id}` : definition.agentType === decision.role),
        );
        expect(eligible).toEqual([]);
        return;
      }
      expect(chosen.health).not.toBe('unhealthy');
      expect(chosen.definition.agentType).not.toBe('supervisor');
      expect(chosen.definition.agentType).toBe(decision.role);
      if (pinned) expect(decision.targetAgent).toBe(`a${id}`);
    });
    fc.assert(property, { numRuns: 300, seed: 20_261_124 });
  });
});
