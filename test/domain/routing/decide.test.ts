import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Health } from '../../../functions/domain/contract/agent.ts';
import type { AgentId } from '../../../functions/domain/contract/ids.ts';
import { decide } from '../../../functions/domain/routing/decide.ts';
import type { IntentReading, ReadIntent } from '../../../functions/domain/routing/intent/intent-reading.ts';
import { clearlyAnotherRole } from '../../../functions/domain/routing/pinned-role.ts';
import type { RoutableAgent, RoutingInput } from '../../../functions/domain/routing/routing-input.ts';
import { ROUTING_POLICY } from '../../../functions/domain/routing/scoring/policy.ts';
import { scoreOf } from '../../../functions/domain/routing/scoring/signals.ts';
import { readIntent } from '../../routing-model.ts';
import { intentOf } from '../../twins/intent.ts';
import { agentDefinition } from '../../twins/samples.ts';

const ROLES = ['context_analyzer', 'code_generator', 'debugger', 'documentation', 'code_reviewer'];

const agent = (
  id: string,
  role: string,
  health: Health = 'healthy',
  specializations: string[] = [],
): RoutableAgent => ({
  owner: 'global',
  definition: agentDefinition(id, role, { specializations }),
  health,
  p50Ms: null,
  errorRate: null,
});
const owned = (agent: RoutableAgent): RoutableAgent => ({ ...agent, owner: 'acme' });
const FIVE = ROLES.map((role) => agent(role, role));

const readings = new Map<string, IntentReading>();
/** Each message once, since the property below asks hundreds of times. */
const read: ReadIntent = (subject) => {
  const key = JSON.stringify(subject);
  const reading = readings.get(key) ?? readIntent(subject);
  readings.set(key, reading);
  return reading;
};
const choose = (message: string, agents: readonly RoutableAgent[], more: Partial<RoutingInput> = {}, by = read) =>
  decide({ message, attachments: [], agents, ...more }, ROUTING_POLICY, by).decision;

/** Where it is not the role that a test is about. */
const chooseFor = (role: string, message: string, agents: readonly RoutableAgent[], more: Partial<RoutingInput> = {}) =>
  choose(message, agents, more, intentOf({ role, confidence: 0.9 }));
const chooseDebugger = (message: string, agents: readonly RoutableAgent[], more: Partial<RoutingInput> = {}) =>
  chooseFor('debugger', message, agents, more);
const chooseReviewer = (message: string, agents: readonly RoutableAgent[]) =>
  chooseFor('code_reviewer', message, agents);

const pin = (id: string) => ({ pinnedAgent: id as AgentId });

describe('a decision', () => {
  it('takes an agent of the role that the message is for', () => {
    expect(choose('my app crashes', FIVE)).toMatchObject({ targetAgent: 'debugger', role: 'debugger', tier: 'model' });
  });

  it('says who else there was and why not', () => {
    const { candidates } = choose('my app crashes', FIVE);
    expect(candidates[0]).toMatchObject({ agentId: 'debugger' });
    expect(candidates[0]).not.toHaveProperty('rejected');
    expect(candidates.slice(1).map(({ rejected }) => rejected)).toEqual(Array(4).fill('wrong_role'));
  });

  it('weighs its signals up to its score, as a replay of what is stored would', () => {
    for (const { score, signals } of choose('my go service crashes', FIVE).candidates)
      expect(score).toBe(scoreOf(signals, ROUTING_POLICY));
  });

  it('prefers the specialist, then the healthier, then the one that answered last', () => {
    const general = agent('a-general', 'debugger');
    expect(
      chooseDebugger('fix my rust build', [general, agent('rusty', 'debugger', 'healthy', ['rust'])]).targetAgent,
    ).toBe('rusty');
    expect(chooseDebugger('fix this', [agent('a', 'debugger', 'degraded'), agent('b', 'debugger')]).targetAgent).toBe(
      'b',
    );
    const twins = [agent('a', 'debugger'), agent('b', 'debugger')];
    expect(chooseDebugger('fix this', twins).targetAgent).toBe('a');
    expect(chooseDebugger('fix this', twins, { previousAgents: ['b'] }).targetAgent).toBe('b');
  });

  it('prefers who is specialised in nothing else, and of those the tenant’s own', () => {
    const shipped = agent('a-shipped', 'code_reviewer', 'healthy', ['typescript', 'javascript', 'python', 'java']);
    const narrow = agent('narrow', 'code_reviewer', 'healthy', ['python']);
    const team = owned(agent('team', 'code_reviewer', 'healthy', ['python']));
    expect(chooseReviewer('review this python function', [shipped, narrow]).targetAgent).toBe('narrow');
    expect(chooseReviewer('review this python function', [shipped, narrow, team]).targetAgent).toBe('team');
  });

  it('leaves to everybody’s agent what a tenant’s specialist is not there for', () => {
    const shipped = agent('z-shipped', 'code_reviewer', 'healthy', ['python']);
    const team = owned(agent('a-team', 'code_reviewer', 'healthy', ['rust']));
    const plain = owned(agent('b-plain', 'code_reviewer'));
    expect(chooseReviewer('review this go function', [team, plain, shipped]).targetAgent).toBe('z-shipped');
    expect(chooseReviewer('review this rust function', [team, plain, shipped]).targetAgent).toBe('a-team');
  });

  it('for small talk names nobody', () => {
    expect(choose('thanks!', FIVE)).toMatchObject({ targetAgent: null, role: 'none', candidates: [] });
  });

  it('without agents names nobody, but knows the role', () => {
    expect(choose('my app crashes', [])).toMatchObject({ targetAgent: null, role: 'debugger', candidates: [] });
  });

  it('that is a guess says so', () => {
    const guess = intentOf({ role: 'context_analyzer', confidence: 0.25, sure: false });
    expect(choose('could the pods of that deployment share one volume', FIVE, {}, guess)).toMatchObject({
      tier: 'fallback',
      targetAgent: 'context_analyzer',
    });
  });

  it('lists ten candidates at most, the chosen one first', () => {
    const many = Array.from({ length: 50 }, (_, index) => agent(`agent-${index}`, 'debugger'));
    const { candidates, targetAgent } = chooseDebugger('fix this', many);
    expect(candidates).toHaveLength(10);
    expect(candidates[0]?.agentId).toBe(targetAgent);
  });
});

describe('specialization', () => {
  const wins = (message: string, name: string, more: Partial<RoutingInput> = {}) =>
    chooseDebugger(message, [agent('a-general', 'debugger'), agent('special', 'debugger', 'healthy', [name])], more)
      .targetAgent === 'special';

  it.each([
    ['fix this Go code', 'go'],
    ['fix my C++ build', 'c++'],
    ['fix the C# build', 'C#'],
    ['fix our next.js app', 'Next.js'],
    ['fix our Next JS app', 'next.js'],
    ['fix the crash in our machine-learning job', 'Machine Learning'],
    ['fix (rust)!', 'rust'],
    ['fix this:\n```go\nfunc main() {}\n```', 'go'],
    ['fix 支付系统 crash', '支付'],
    ['fix the GRÖẞE field', 'größe'],
  ])('counts where the message names it: %s', (message, name) => {
    expect(wins(message, name)).toBe(true);
  });

  it.each([
    ['fix this google login', 'go'],
    ['fix the cargo build', 'go'],
    ['fix this javascript', 'java'],
    ['fix my C++ build', 'c'],
    ['fix the C# build', 'c'],
    ['fix the learning of this machine', 'machine learning'],
    ['fix the go_live flag', 'go'],
    ['fix it', '…'],
  ])('does not count within other words: %s, %s', (message, name) => {
    expect(wins(message, name)).toBe(false);
  });

  it('counts by the domains that the message was read as being of', () => {
    const agents = [agent('a-general', 'debugger'), agent('special', 'debugger', 'healthy', ['Zig'])];
    const zig = intentOf({ role: 'debugger', confidence: 0.9, domains: ['zig'] });
    expect(choose('fix this', agents, {}, zig).targetAgent).toBe('special');
  });
});

describe('a pin', () => {
  it('names the agent, also when the message is for nobody', () => {
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

describe('a pin to an agent of another role than the message clearly asks for', () => {
  const trace = 'TypeError: x is undefined\n    at pay (/srv/pay.js:4:2)\n    at main (/srv/main.js:9:1)';

  it('is refused, and the decision says why', () => {
    const decision = choose(trace, FIVE, pin('documentation'));
    expect(decision).toMatchObject({ targetAgent: null, role: 'debugger', tier: 'pinned' });
    expect(decision.candidates[0]).toMatchObject({ agentId: 'documentation', rejected: 'wrong_role' });
    expect(decision.reasons).toEqual([expect.stringMatching(/^debugger \d+ %, /)]);
    expect(decision.confidence).toBeLessThan(1);
  });

  it('shows the pinned agent first among more than ten', () => {
    const many = Array.from({ length: 50 }, (_, index) => agent(`agent-${index}`, 'debugger'));
    const { candidates } = choose(trace, [...many, ...FIVE], pin('documentation'));
    expect(candidates[0]).toMatchObject({ agentId: 'documentation', rejected: 'wrong_role' });
  });

  it('is judged by the message alone, whoever answered before', () => {
    const leaning = 'And it still fails:\nTypeError: x is undefined\n    at main (src/index.js:4:9)';
    const alone = choose(leaning, FIVE, pin('documentation'));
    expect(alone.targetAgent).toBeNull();
    const later = choose(leaning, FIVE, { ...pin('documentation'), previousAgents: ['documentation'] });
    expect({ ...later, candidates: [] }).toEqual({ ...alone, candidates: [] });
  });

  it('is not what a handoff is, which is followed; that an agent had the turn makes no handoff', () => {
    const handedTo = (agentId: string) => ({ named: { by: 'handoff' as const, agentId: agentId as AgentId } });
    expect(choose(trace, FIVE, handedTo('documentation')).targetAgent).toBe('documentation');
    const supervisor = agent('chief', 'supervisor');
    expect(choose(trace, [...FIVE, supervisor], handedTo('chief')).targetAgent).toBeNull();
    expect(choose(trace, FIVE, { ...pin('documentation'), tried: new Set(['debugger']) }).targetAgent).toBeNull();
  });
});

describe('an agent of a role that has left the table', () => {
  it('gets nothing, not even by pin', () => {
    const poet = { definition: { ...agent('poet', 'debugger').definition, agentType: 'poet' as never } };
    const agents = [...FIVE, { ...agent('poet', 'debugger'), ...poet }];
    expect(choose('my app crashes', agents).targetAgent).toBe('debugger');
    expect(choose('fix this', agents, { named: { by: 'handoff', role: 'poet' } }).targetAgent).toBeNull();
    const pinned = choose('fix this', agents, pin('poet'));
    expect(pinned.targetAgent).toBeNull();
    expect(pinned.candidates[0]).toMatchObject({ agentId: 'poet', rejected: 'wrong_role' });
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
    'does this rust follow best practices?',
    'thanks!',
    'qwertz',
    'explain',
    'please review this code before we merge it\n@@ -1 +1 @@\n-a\n+b',
  );

  it('are never overridden, whatever the scores are, and the order of the agents does not matter', () => {
    const property = fc.property(agents, message, fc.nat(99), fc.boolean(), (drawn, text, id, pinned) => {
      const pool = drawn.map(({ id: n, role, health, specializations }) =>
        agent(`a${n}`, role, health, specializations),
      );
      const more = { previousAgents: [`a${id}`], ...(pinned ? pin(`a${id}`) : {}) };
      const decision = choose(text, pool, more);
      const subject = { message: text, attachments: [] };
      expect(choose(text, pool.toReversed(), more)).toEqual(decision);
      const chosen = pool.find(({ definition }) => definition.agentId === decision.targetAgent);
      if (chosen === undefined) {
        expect(decision.targetAgent).toBeNull();
        const eligible = pool.filter(
          ({ definition, health }) =>
            health !== 'unhealthy' &&
            definition.agentType !== 'supervisor' &&
            (pinned
              ? definition.agentId === `a${id}` &&
                clearlyAnotherRole(read(subject), definition.agentType, ROUTING_POLICY) === undefined
              : definition.agentType === decision.role),
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
