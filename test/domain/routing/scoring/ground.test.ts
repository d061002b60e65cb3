import { describe, expect, it } from 'vitest';
import type { AgentId } from '../../../../functions/domain/contract/ids.ts';
import { agentOf, always, DEBUGGER, decideAmong, inRole, reads } from './scoring-rig.ts';

const A = agentOf('a');
const B = agentOf('b');
const WRITER = inRole(agentOf('writer', { capabilities: ['fix'] }), 'documentation');
const TOLK = inRole(agentOf('tolk'), 'translator');
const ROLES = new Set(['debugger', 'documentation', 'translator', 'gardener']);
const out = { health: 'unhealthy' } as const;

describe('a rule', () => {
  it('that names a role goes before the model, and is named', () => {
    const { decision, unsure } = decideAmong([A, WRITER], { rules: always('docs', { role: 'documentation' }) });
    expect(decision).toMatchObject({ targetAgent: 'writer', role: 'documentation', tier: 'rule', confidence: 1 });
    expect(decision.reasons).toEqual(['rule docs']);
    expect(decision.intent.role).toBe('debugger');
    expect(unsure).toBe(false);
  });

  it('that names an agent goes before every score', () => {
    const agents = [agentOf('a', { specializations: ['release'] }), agentOf('b', {}, { errorRate: 0.9 })];
    const { decision } = decideAmong(agents, { rules: always('mine', { agentId: 'b' }) });
    expect(decision).toMatchObject({ targetAgent: 'b', tier: 'rule', reasons: ['rule mine'] });
  });

  it('that names an agent that is out leads to the next of its role, and says so', () => {
    const agents = [A, { ...B, ...out }, WRITER];
    const { decision } = decideAmong(agents, { rules: always('mine', { agentId: 'b' }) });
    expect(decision).toMatchObject({ targetAgent: 'a', tier: 'rule' });
    expect(decision.reasons).toEqual(['rule mine', 'b is out: unhealthy']);
  });

  it('that names a capability leads to who has it, in whatever role', () => {
    const rules = always('fixes', { capability: 'fix' });
    expect(decideAmong([WRITER, agentOf('a', { capabilities: [] })], { rules }).decision).toMatchObject({
      targetAgent: 'writer',
      tier: 'rule',
      candidates: [{ agentId: 'writer' }, { agentId: 'a', rejected: 'wrong_role' }],
    });
    const agents = [agentOf('a', { capabilities: ['fix'] }, out), agentOf('b', { capabilities: [] })];
    expect(decideAmong(agents, { rules }).decision).toMatchObject({ targetAgent: null, role: 'debugger' });
    expect(decideAmong(agents, { rules }).decision.candidates[0]).toMatchObject({ rejected: 'lacks_capability' });
  });

  it('decides what the model takes for nothing about software', () => {
    const read = reads({ none: 0.9, debugger: 0.1 });
    const { decision } = decideAmong([A], { rules: always('all', { role: 'debugger' }) }, { read });
    expect(decision).toMatchObject({ targetAgent: 'a', role: 'debugger', tier: 'rule' });
  });

  it.each([[{ agentId: 'gone' }], [{ role: 'poet' }], [{ role: 'supervisor' }], [{ capability: 'sing' }]])(
    'survives, if it leads to nobody: %j',
    (then) => {
      const { decision } = decideAmong([A, WRITER], { rules: always('lost', then) });
      expect(decision).toMatchObject({ targetAgent: 'a', tier: 'model' });
      expect(decision.reasons[0]).toBe('rule lost names nobody who could answer');
    },
  );

  it('gives way to a pin and to a handoff', () => {
    const rules = always('docs', { role: 'documentation' });
    expect(decideAmong([A, WRITER], { rules, pinnedAgent: 'a' as AgentId }).decision.targetAgent).toBe('a');
    const named = { by: 'handoff', role: 'debugger' } as const;
    expect(decideAmong([A, WRITER], { rules, named }).decision.targetAgent).toBe('a');
  });
});

describe('an agent of a role that the model does not know', () => {
  const like = (value: number) => ({ roles: ROLES, similarity: (id: string) => (id === 'tolk' ? value : undefined) });

  it('gets what resembles its examples, however sure the model is of a role that it knows', () => {
    const { decision } = decideAmong([A, TOLK], like(0.95));
    expect(decision).toMatchObject({ targetAgent: 'tolk', role: 'translator', tier: 'model', confidence: 0.95 });
    expect(decision.reasons).toEqual(['resembles what tolk is for']);
    expect(decision.candidates[0]?.signals).toMatchObject({ role: 0.95, similarity: 0.95 });
    expect(decideAmong([A, TOLK], like(0.25)).decision.targetAgent).toBe('tolk');
    expect(decideAmong([A, TOLK], like(0.15)).decision.targetAgent).toBe('a');
  });

  it('gets what the model takes for nothing about software, if it is like its examples', () => {
    const read = reads({ none: 0.9, debugger: 0.1 });
    expect(decideAmong([A, TOLK], like(0.25), { read }).decision.targetAgent).toBe('tolk');
    expect(decideAmong([A, TOLK], like(0.15), { read }).decision).toMatchObject({ targetAgent: null, role: 'none' });
  });

  it('keeps its message when it is out: nobody of another role gets it', () => {
    const { decision } = decideAmong([A, { ...TOLK, ...out }], like(0.95));
    expect(decision).toMatchObject({ targetAgent: null, role: 'translator' });
  });

  it('gets nothing if its role has left the role table', () => {
    expect(decideAmong([A, TOLK], { ...like(0.99), roles: new Set(['debugger']) }).decision.targetAgent).toBe('a');
  });

  it('does not lose to the order in which agents stand', () => {
    const agents = [A, TOLK, inRole(agentOf('bee'), 'gardener')];
    const input = { roles: ROLES, similarity: (id: string) => (id === 'a' ? 0 : 0.95) };
    expect(decideAmong(agents, input)).toEqual(decideAmong(agents.toReversed(), input));
    expect(decideAmong(agents, input).decision.targetAgent).toBe('bee');
  });
});

describe('what a supervisor chose', () => {
  it('is followed as far as the gates allow', () => {
    const choice = (agentId: string) => ({ named: { by: 'supervisor' as const, agentId: agentId as AgentId } });
    const agents = [A, WRITER, inRole(agentOf('boss'), 'supervisor')];
    expect(decideAmong(agents, choice('writer')).decision).toMatchObject({
      targetAgent: 'writer',
      role: 'documentation',
      tier: 'supervisor',
      reasons: ['the supervisor chose writer'],
    });
    for (const agentId of ['boss', 'nobody'])
      expect(decideAmong(agents, choice(agentId)).decision.targetAgent).toBeNull();
  });
});

describe('a decision is unsure', () => {
  it.each([
    ['where the model is sure', DEBUGGER, false],
    ['where no role is probable', reads({ debugger: 0.5, documentation: 0.2, none: 0.3 }), true],
    ['where two roles are about as probable', reads({ debugger: 0.56, documentation: 0.44 }), true],
    ['where the model only guesses', reads({ debugger: 0.9, none: 0.1 }, { sure: false }), true],
    ['where it may be for nobody', reads({ none: 0.5, debugger: 0.45, documentation: 0.05 }), true],
  ])('%s: %#', (_, read, expected) => {
    expect(decideAmong([A, WRITER], {}, { read }).unsure).toBe(expected);
  });

  it('where an agent of another kind claims it about as strongly', () => {
    const similarity = (id: string) => (id === 'tolk' ? 0.88 : undefined);
    expect(decideAmong([A, TOLK], { roles: ROLES, similarity }).unsure).toBe(true);
  });
});
