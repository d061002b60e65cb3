import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Decision } from '../../../functions/domain/contract/decision.ts';
import { allAble } from '../../../functions/domain/routing/decide.ts';
import type { RoutableAgent, RoutingInput } from '../../../functions/domain/routing/routing-input.ts';
import { ROUTING_POLICY } from '../../../functions/domain/routing/scoring/policy.ts';
import {
  consultable,
  isFollowed,
  mayAskSupervisor,
  readRoute,
  supervisorsIn,
  withSupervisors,
} from '../../../functions/domain/routing/supervisor.ts';
import { agentOf, decideAmong, inRole, MESSAGE, reads } from './scoring/scoring-rig.ts';

const BOSS = inRole(agentOf('boss'), 'supervisor');
const DEBUGGER = agentOf('debugger');
const WRITER = inRole(agentOf('writer'), 'documentation');
const REVIEWER = inRole(agentOf('reviewer'), 'code_reviewer');
const HALF = reads({ debugger: 0.4, documentation: 0.35, code_reviewer: 0.15, none: 0.1 });

const bossOf = (...subAgents: string[]): RoutableAgent => ({ ...BOSS, definition: { ...BOSS.definition, subAgents } });

const consult = (boss: RoutableAgent, others: readonly RoutableAgent[], more: Partial<RoutingInput> = {}) => {
  const input = { message: MESSAGE, attachments: [], agents: [boss, ...others], ...more };
  const { decision } = decideAmong(input.agents, more, { read: HALF });
  return consultable(boss, input, allAble(input, ROUTING_POLICY, HALF), decision, ROUTING_POLICY);
};
const idsOf = (asked: ReturnType<typeof consult>) => asked?.candidates.map(({ agentId }) => agentId);

describe('a supervisor is asked', () => {
  it.each<[Decision['tier'], boolean, boolean, boolean]>([
    ['model', true, true, true],
    ['model', false, false, true],
    ['fallback', true, true, true],
    ['rule', false, false, false],
    ['pinned', false, false, false],
    ['pinned', true, false, false],
  ])('for tier %s, unsure %s: when unsure %s, always %s', (tier, unsure, whenUnsure, always) => {
    const decided = { decision: { tier }, unsure };
    expect(mayAskSupervisor(decided, { mode: 'when_unsure' })).toBe(whenUnsure);
    expect(mayAskSupervisor(decided, { mode: 'always' })).toBe(always);
  });

  it('if it is there and may be called', () => {
    const sick = { ...inRole(agentOf('sick'), 'supervisor'), health: 'unhealthy' as const };
    const others = ['refused', 'paused', 'well'].map((id) => inRole(agentOf(id), 'supervisor'));
    const out = { refused: new Set(['refused']), paused: new Set(['paused']) };
    const found = supervisorsIn({ agents: [DEBUGGER, sick, ...others], ...out }, 0);
    expect(found.map(({ definition }) => definition.agentId)).toEqual(['well']);
    expect(supervisorsIn({ agents: [DEBUGGER] }, 0.5)).toEqual([]);
  });

  it('the healthier first, then the tenant’s own, then each as often as the others', () => {
    const of = (id: string, changes: Partial<RoutableAgent> = {}) => ({
      ...inRole(agentOf(id), 'supervisor'),
      ...changes,
    });
    const agents = [
      of('c', { health: 'degraded', owner: 'acme' }),
      of('b', { health: 'unknown' }),
      of('y'),
      of('x'),
      of('a', { owner: 'acme' }),
    ];
    const order = (chance: number) => supervisorsIn({ agents }, chance).map(({ definition }) => definition.agentId);
    expect(order(0)).toEqual(['a', 'x', 'y', 'b', 'c']);
    expect(order(0.999)).toEqual(['a', 'y', 'x', 'b', 'c']);
    const firsts = [0, 0.6].map((chance) => supervisorsIn({ agents: [of('x'), of('y')] }, chance)[0]);
    expect(firsts.map((agent) => agent?.definition.agentId)).toEqual(['x', 'y']);
  });

  it.each<[string, RoutableAgent, readonly RoutableAgent[], Partial<RoutingInput>]>([
    ['nobody is there', BOSS, [], {}],
    ['only whom the built-in routing chose is', BOSS, [DEBUGGER], {}],
    ['the others are out', BOSS, [DEBUGGER, WRITER], { refused: new Set(['writer']) }],
    ['none of its sub-agents is there', bossOf('translator', 'gone'), [DEBUGGER, WRITER], {}],
    ['its sub-agent is whom the built-in routing chose', bossOf('debugger'), [DEBUGGER, WRITER], {}],
    ['there are supervisors alone', BOSS, [inRole(agentOf('other'), 'supervisor')], {}],
  ])('not if %s', (_, boss, others, more) => {
    expect(consult(boss, others, more)).toBeUndefined();
  });
});

describe('a supervisor is shown', () => {
  it('all that may answer, whatever their role, the best first, with what speaks for each', () => {
    const asked = consult(BOSS, [WRITER, { ...REVIEWER, health: 'unhealthy' }, DEBUGGER]);
    expect(asked).toMatchObject({ agentId: 'boss', among: undefined });
    expect(idsOf(asked)).toEqual(['debugger', 'writer']);
    const [best, next] = asked?.candidates ?? [];
    expect(best?.reasons.slice(0, 2)).toEqual(['the built-in routing would choose it', 'so the test wants it']);
    expect(best).toMatchObject({ role: 'debugger', signals: { role: 0.4 } });
    expect(next?.reasons[0]).toMatch(/^health adds 0\.2 /);
    expect(next).toMatchObject({ role: 'documentation', capabilities: WRITER.definition.capabilities });
  });

  it.each([
    [['documentation'], ['writer']],
    [
      ['debugger', 'reviewer'],
      ['debugger', 'reviewer'],
    ],
    [
      ['writer', 'code_reviewer'],
      ['writer', 'reviewer'],
    ],
  ])('its sub-agents alone: %j', (subAgents, expected) => {
    const asked = consult(bossOf(...subAgents), [DEBUGGER, WRITER, REVIEWER]);
    expect(idsOf(asked)).toEqual(expected);
    expect([...(asked?.among ?? [])].sort()).toEqual(expected.toSorted());
  });

  it('ten at most, of each role the best one', () => {
    const many = Array.from({ length: 30 }, (_, index) => agentOf(`debugger-${index}`));
    const asked = consult(BOSS, [...many, WRITER, REVIEWER]);
    expect(idsOf(asked)).toHaveLength(10);
    expect(idsOf(asked)).toEqual(expect.arrayContaining(['writer', 'reviewer']));
  });
});

describe('what a supervisor says', () => {
  const ALL = { among: undefined };
  const read = (answer: object) => readRoute(answer as never, ALL);

  it.each([
    [{ route: { agentId: 'a', reason: 'r' } }, { agentId: 'a' }],
    [{ route: { role: 'debugger', reason: 'r' } }, { role: 'debugger' }],
    [{ route: { agentId: 'a', role: 'none', reason: 'r' } }, { agentId: 'a' }],
    [{ handoff: { agentId: 'a', reason: 'r' } }, { agentId: 'a' }],
    [{ handoff: { agentType: 'debugger', reason: 'r' } }, { role: 'debugger' }],
    [{ route: { role: 'none', reason: 'r' }, handoff: { agentId: 'a', reason: 'h' } }, { role: 'none' }],
  ])('is read as a choice: %j', (answer, named) => {
    expect(read(answer)).toEqual({ named: { by: 'supervisor', ...named, among: undefined }, reason: 'r' });
  });

  it('without a choice is nothing', () => {
    expect(read({ content: 'debugger' })).toBeUndefined();
  });

  it('is bound to its sub-agents', () => {
    const among = new Set(['a']);
    expect(readRoute({ route: { role: 'debugger' } }, { among })?.named.among).toBe(among);
  });

  it('is a reason of one short line, whatever it says', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 3_000 }), (reason) => {
        const line = read({ route: { role: 'debugger', reason } })?.reason ?? '?';
        expect([...line].length).toBeLessThanOrEqual(500);
        expect(line).not.toMatch(/[\p{C}\n]/u);
      }),
      { numRuns: 20 },
    );
    expect(read({ route: { role: 'debugger', reason: ' a\n\u0000b ' } })?.reason).toBe('a b');
    expect(read({ route: { role: 'debugger', reason: '😀'.repeat(600) } })?.reason).toBe('😀'.repeat(500));
    expect(read({ route: { role: 'debugger' } })?.reason).toBe('');
  });
});

describe('a supervisor’s choice', () => {
  const decided = (named: object, agents = [BOSS, DEBUGGER, WRITER, REVIEWER], more: Partial<RoutingInput> = {}) => {
    const choice = { named: { by: 'supervisor', ...named } as never, reason: '' };
    const { decision } = decideAmong(agents, { named: choice.named, ...more }, { read: HALF });
    return { decision, isFollowed: isFollowed(choice, decision) };
  };

  it.each([
    [{ agentId: 'writer' }, 'writer', 'documentation'],
    [{ role: 'code_reviewer' }, 'reviewer', 'code_reviewer'],
    [{ role: 'code_reviewer', among: new Set(['reviewer']) }, 'reviewer', 'code_reviewer'],
  ])('is followed past the model: %j', (named, targetAgent, role) => {
    const { decision, isFollowed } = decided(named);
    expect(isFollowed).toBe(true);
    expect(decision).toMatchObject({ targetAgent, role, tier: 'supervisor', confidence: 1 });
  });

  it('that a message is for none is followed', () => {
    const { decision, isFollowed } = decided({ role: 'none' });
    expect(isFollowed).toBe(true);
    expect(decision).toMatchObject({ targetAgent: null, role: 'none', tier: 'supervisor' });
  });

  it.each<[string, object, RoutableAgent[]?, Partial<RoutingInput>?]>([
    ['an unknown agent', { agentId: 'nobody' }],
    ['a supervisor', { agentId: 'boss' }],
    ['the role of supervisors', { role: 'supervisor' }],
    ['a role that is none', { role: 'poet' }],
    ['a role without agents', { role: 'context_analyzer' }],
    ['an unhealthy agent', { agentId: 'writer' }, [DEBUGGER, { ...WRITER, health: 'unhealthy' }]],
    ['an agent whose circuit is open', { agentId: 'writer' }, [DEBUGGER, WRITER], { refused: new Set(['writer']) }],
    ['an agent that was tried', { agentId: 'writer' }, [DEBUGGER, WRITER], { tried: new Set(['writer']) }],
    ['an agent that is none of its own', { agentId: 'writer', among: new Set(['debugger']) }],
    ['a role of which none is its own', { role: 'documentation', among: new Set(['debugger']) }],
  ])('does not open a gate to %s', (_, named, agents, more) => {
    expect(decided(named, agents, more).isFollowed).toBe(false);
  });

  it('shows whom it could not be', () => {
    const { decision } = decided({ role: 'documentation', among: new Set(['debugger']) });
    expect(decision.candidates.find(({ agentId }) => agentId === 'writer')?.rejected).toBe('not_sub_agent');
  });

  it('and what became of others stands in the decision', () => {
    const { decision } = decided({ agentId: 'writer' });
    const calls = [
      { agentId: 'lazy', outcome: 'failed', tookMs: 5 },
      { agentId: 'boss', outcome: 'chose', tookMs: 9 },
    ] as const;
    expect(withSupervisors(decision, calls, 'prose')).toMatchObject({
      reasons: ['the supervisor chose writer', 'supervisor lazy failed', 'supervisor boss: prose'],
      supervisors: calls,
    });
    const { decision: ours } = decideAmong([DEBUGGER]);
    expect(withSupervisors(ours, calls.slice(1), 'prose').reasons.at(-1)).toContain('chose somebody who is out by now');
    expect(withSupervisors(ours, [], '')).toBe(ours);
  });
});
