import { describe, expect, it } from 'vitest';
import type { Decision } from '../../../functions/domain/contract/decision.ts';
import { ROUTING_POLICY } from '../../../functions/domain/routing/scoring/policy.ts';
import { judgeDecision } from '../../../lib/replay/judge-decision.ts';
import { candidate, decisionOf, policyWith } from './replay-rig.ts';

const judge = (decision: Decision, policy = ROUTING_POLICY) => judgeDecision(decision, policy, [ROUTING_POLICY]);

/** The debugger that is sure, and the one that is fast. */
const A = candidate('a', { role: 0.8, reliability: 1, speed: 0.2, health: 1 });
const B = candidate('b', { role: 0.8, reliability: 0.5, speed: 1, health: 1 });
const FAST = policyWith({ speed: 0.3 });

describe('a policy with another weight', () => {
  it('gives the message to another agent, and says what moved it and by how much', () => {
    const judgement = judge(decisionOf([A, B]), FAST);
    expect(judgement).toMatchObject({ verdict: 'agent', from: 'a', to: 'b', partial: false });
    expect(judgement.because).toEqual([{ field: 'weights.speed', was: 0.022, now: 0.3, moves: 0.222 }]);
    expect(judgement.lead).toEqual({ was: 0.057, now: -0.165 });
  });

  it('names the strongest cause first, and those that hold against the change too', () => {
    const { because } = judge(decisionOf([A, B]), policyWith({ speed: 0.9, reliability: 0.3 }));
    expect(because.map(({ field, moves }) => [field, moves])).toEqual([
      ['weights.speed', 0.702],
      ['weights.reliability', -0.075],
    ]);
  });

  it('that the decision’s own version is not known to says what speaks for the other agent', () => {
    const judgement = judgeDecision(decisionOf([A, B], { policyVersion: 'older-1' }), FAST, [ROUTING_POLICY]);
    expect(judgement).toMatchObject({ verdict: 'agent', to: 'b' });
    expect(judgement.because[0]).toEqual({ field: 'weights.speed', was: undefined, now: 0.3, moves: 0.24 });
  });

  it('does not take a policy for the decision’s for its version alone', () => {
    const other = { ...policyWith({ health: 1 }), version: ROUTING_POLICY.version };
    expect(judgeDecision(decisionOf([A, B]), FAST, [other]).because[0]?.was).toBeUndefined();
    expect(judgeDecision(decisionOf([A, B]), FAST, [other, ROUTING_POLICY]).because[0]?.was).toBe(0.022);
  });

  it('that only changes the lead is told apart from one that changes nothing', () => {
    const safe = policyWith({ reliability: 0.5 });
    expect(judge(decisionOf([A, B]), safe)).toMatchObject({
      verdict: 'margin',
      to: 'a',
      lead: { was: 0.057, now: 0.232 },
    });
    expect(judge(decisionOf([A]), safe).verdict).toBe('same');
    expect(judge(decisionOf([A, B]), policyWith({ language: 3 })).verdict).toBe('same');
  });

  it('lets nobody in whom a gate took out', () => {
    const shut = { ...B, rejected: 'paused' as const };
    expect(judge(decisionOf([A, shut]), FAST).verdict).toBe('same');
  });
});

describe('agents that are equal', () => {
  const drawn = (...candidates: Decision['candidates']) =>
    decisionOf(candidates, { reasons: ['debugger 80 %', `one of ${candidates.length} equal agents`] });

  it('and stay so, are drawn alike', () => {
    expect(judge(drawn(A, B), policyWith({ role: 0.9 })).verdict).toBe('same');
  });

  it('become unequal: only who is behind loses its messages', () => {
    expect(judge(drawn(A, B), FAST)).toMatchObject({ verdict: 'agent', to: 'b' });
    expect(judge(drawn(B, A), FAST).verdict).toBe('agent');
    expect(judge({ ...drawn(B, A), targetAgent: 'b' }, FAST).verdict).toBe('margin');
  });

  it('by a wider band share: who it would be can’t be said', () => {
    const last = candidate('c', { role: 0.8, health: 0.5 });
    const judgement = judge(decisionOf([A, last]), policyWith({}, { equalWithin: 1 }));
    expect(judgement).toMatchObject({ verdict: 'unknown', why: 'drawn_among_equals', equals: ['a', 'c'] });
    expect(judgement.because).toEqual([{ field: 'equal_within', was: 0.02, now: 1 }]);
  });

  it('that all leave the chosen one behind change it, to one of them', () => {
    const c = { ...B, agentId: 'c' };
    expect(judge(decisionOf([A, B, c]), FAST)).toMatchObject({ verdict: 'agent', to: 'b', equals: ['b', 'c'] });
  });
});

describe('a threshold', () => {
  const unsureFrom = (unsureBelow: number) => policyWith({}, { unsureBelow });

  it('by which the model is unsure would have a supervisor asked', () => {
    const judgement = judge(decisionOf([A]), unsureFrom(0.85));
    expect(judgement).toMatchObject({ verdict: 'unsure', to: 'a', unsure: { was: false, now: true } });
    expect(judgement.because).toEqual([{ field: 'unsure_below', was: 0.55, now: 0.85 }]);
  });

  it('says nothing of a decision whose policy is not known', () => {
    const decision = decisionOf([A], { policyVersion: 'older-1' });
    expect(judgeDecision(decision, unsureFrom(0.85), [ROUTING_POLICY]).verdict).toBe('same');
  });

  it('by which the model is sure leaves alone what a supervisor chose that is always asked', () => {
    const chosen: Partial<Decision> = { tier: 'supervisor', confidence: 1, reasons: ['the supervisor chose a'] };
    const sure = decisionOf([A], chosen);
    expect(judge(sure, unsureFrom(0.1)).verdict).toBe('same');
    const unsure = decisionOf([A], { ...chosen, probabilities: { debugger: 0.4, none: 0.3 } });
    expect(judge(unsure, unsureFrom(0.1))).toMatchObject({ verdict: 'same' });
    const little = policyWith({}, { unsureBelow: 0.1, unsureMargin: 0 });
    expect(judge(unsure, little)).toMatchObject({ verdict: 'unsure', unsure: { was: true, now: false } });
  });

  it('of claims gives a message to an agent of a role of one’s own, or takes it away', () => {
    const tolk = candidate('tolk', { similarity: 0.15 }, 'translator', 'wrong_role');
    const probabilities = { debugger: 0.4, documentation: 0.3, none: 0.3 };
    const before = decisionOf([A, tolk], { probabilities });
    expect(judge(before, policyWith({}, { claimFrom: 0.15 }))).toMatchObject({
      ...{ verdict: 'role', role: 'translator', to: 'tolk' },
      because: [{ field: 'claim_from', was: 0.2, now: 0.15 }],
    });
    const claimed = decisionOf(
      [candidate('tolk', { similarity: 0.9 }, 'translator'), { ...A, rejected: 'wrong_role' }],
      {
        ...{ targetAgent: 'tolk', role: 'translator', confidence: 0.9 },
      },
    );
    expect(judge(claimed, policyWith({}, { claimFrom: 0.95 }))).toMatchObject({
      verdict: 'role',
      role: 'debugger',
      to: 'a',
    });
    expect(judge(claimed, policyWith({}, { claimFrom: 0.85 })).verdict).toBe('same');
  });

  it('of claims makes no claimant of a supervisor', () => {
    const chief = candidate('chief', { similarity: 0.9 }, 'supervisor', 'wrong_role');
    expect(judge(decisionOf([A, chief]), policyWith({}, { claimFrom: 0.1 })).verdict).toBe('same');
  });

  it('of pins refuses one that was followed, and the other way round; a handoff is no pin', () => {
    const probabilities = { debugger: 0.02, documentation: 0.9, none: 0.08 };
    const pinned = (reason: string) =>
      decisionOf([A], {
        tier: 'pinned',
        confidence: 1,
        reasons: [reason],
        probabilities,
        intent: { ...decisionOf([]).intent, role: 'documentation', probabilities },
      });
    const strict = policyWith({}, { refusePinFrom: 0.9 });
    expect(judge(pinned('the caller named the agent'), strict)).toMatchObject({
      ...{ verdict: 'pin', from: 'a', to: null },
      because: [{ field: 'refuse_pin_from', was: 0.99, now: 0.9 }],
    });
    expect(judge(pinned('an agent handed the turn over to a'), strict).verdict).toBe('same');
    const refused = {
      ...pinned('documentation 90 %'),
      targetAgent: null,
      candidates: [{ ...A, rejected: 'wrong_role' as const }],
    };
    expect(judgeDecision({ ...refused, policyVersion: 'strict-1' }, ROUTING_POLICY, [])).toMatchObject({
      verdict: 'pin',
      to: 'a',
    });
  });
});

describe('what can’t be said', () => {
  const rule: Partial<Decision> = { tier: 'rule', confidence: 1, reasons: ['rule mine'] };

  it('is whether a rule named the agent that was the best anyway', () => {
    expect(
      judge(decisionOf([A, candidate('b', { role: 0.8, speed: 1 })], rule), policyWith({ speed: 3 })),
    ).toMatchObject({
      ...{ verdict: 'unknown', why: 'rule_may_name_agent', to: 'b' },
    });
    // It was not: a rule must have named it, and names it again.
    expect(judge(decisionOf([candidate('a', { role: 0.8 }), B], rule), FAST).verdict).toBe('margin');
  });

  it.each([
    ['no_probabilities', decisionOf([A], { intent: { ...decisionOf([]).intent, probabilities: undefined } })],
    ['signal_unknown', decisionOf([candidate('a', { charm: 1 })])],
    ['target_not_stored', decisionOf([B])],
    [
      'claims_not_stored',
      decisionOf([], {
        targetAgent: null,
        role: 'none',
        probabilities: { none: 1 },
        intent: { ...decisionOf([]).intent, role: 'none', probabilities: { none: 1 } },
      }),
    ],
  ])('is named: %s', (why, decision) => {
    expect(judge(decision, policyWith({ speed: 1 }, { claimFrom: 0.1 }))).toMatchObject({ verdict: 'unknown', why });
  });

  it('is marked where more agents were in question than are stored', () => {
    const ten = [A, ...Array.from({ length: 9 }, (_, at) => ({ ...B, agentId: `b${at}` }))];
    expect(judge(decisionOf(ten), FAST)).toMatchObject({ verdict: 'agent', to: 'b0', partial: true });
    const shut = ten.map((one) => (one === A ? A : { ...one, rejected: 'wrong_role' as const }));
    expect(judge(decisionOf(shut), FAST).partial).toBe(false);
    expect(judge(decisionOf(shut), policyWith({}, { claimFrom: 0.1 })).partial).toBe(true);
  });
});
