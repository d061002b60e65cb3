import { describe, expect, it } from 'vitest';
import type { ReadIntent } from '../../../../functions/domain/routing/intent/intent-reading.ts';
import type { RoutableAgent, RoutingInput } from '../../../../functions/domain/routing/routing-input.ts';
import { ROUTING_POLICY, SIGNAL_NAMES, type SignalName } from '../../../../functions/domain/routing/scoring/policy.ts';
import { agentOf, always, DEBUGGER, decideAmong, inRole, MESSAGE, reads } from './scoring-rig.ts';

/** Two agents that differ in one signal alone, which speaks for `b`; without it `a` is chosen, for its name. */
interface Case {
  readonly a?: RoutableAgent;
  readonly b?: RoutableAgent;
  readonly input?: Partial<RoutingInput>;
  readonly read?: ReadIntent;
}

const TWO_ROLES = reads({ debugger: 0.6, documentation: 0.3, none: 0.1 });
const ABLE = { capabilities: ['errors'] };
const COMPLEX = reads({ debugger: 0.9 }, { complexity: 0.8 });

const CASES: Readonly<Record<SignalName, Case>> = {
  role: {
    a: inRole(agentOf('a', ABLE), 'documentation'),
    b: agentOf('b', ABLE),
    input: { rules: always('errors', { capability: 'errors' }) },
    read: TWO_ROLES,
  },
  capability: { a: agentOf('a', { capabilities: [] }), b: agentOf('b', { capabilities: ['fix'] }) },
  specialization: {
    b: agentOf('b', { specializations: ['Zig'] }),
    read: reads({ debugger: 0.9 }, { domains: ['zig'] }),
  },
  similarity: { input: { similarity: (agentId) => (agentId === 'b' ? 0.5 : undefined) } },
  sticky: { input: { previousAgents: ['b', 'a', 'a'] } },
  followup: { input: { message: 'and why?', previousAgents: ['b', 'a', 'a'] } },
  session: { input: { previousAgents: ['gone', 'b'] } },
  topic: {
    b: agentOf('b', { specializations: ['payments'] }),
    input: { contextData: { about: { topics: ['Payments'] } } },
  },
  expertise: {
    b: agentOf('b', { specializations: ['beginners'] }),
    input: { userPreferences: { expertise: 'beginner' } },
  },
  preferred: { input: { userPreferences: { preferred_agents: ['b'] } } },
  language: { b: agentOf('b', { specializations: ['go'] }), input: { userPreferences: { languages: ['Go'] } } },
  complexity: {
    a: agentOf('a', { complexity_range: { min: 0, max: 0.4 } }),
    b: agentOf('b', { complexity_range: { min: 0.5, max: 1 } }),
    read: COMPLEX,
  },
  reliability: { a: agentOf('a', {}, { errorRate: 0.3 }), b: agentOf('b', {}, { errorRate: 0.01 }) },
  speed: { a: agentOf('a', {}, { p50Ms: 20_000 }), b: agentOf('b', {}, { p50Ms: 900 }) },
  load: { input: { inFlight: ({ definition }) => (definition.agentId === 'a' ? 3 : 0) } },
  room: { a: agentOf('a', { max_context_tokens: 1_000 }), input: { conversationBytes: 40_000 } },
  own: {
    a: agentOf('a', { specializations: ['go'] }),
    b: agentOf('b', { specializations: ['go'] }, { owner: 'acme' }),
    read: reads({ debugger: 0.9 }, { domains: ['go'] }),
  },
  health: { a: agentOf('a', {}, { health: 'degraded' }) },
};

const agentsIn = ({ a = agentOf('a'), b = agentOf('b') }: Case) => [a, b] as const;
const weighing = (name: SignalName, weight: number) => ({
  ...ROUTING_POLICY,
  weights: { ...ROUTING_POLICY.weights, [name]: weight },
});
/** What else tells them apart, because it looks at the same. */
const BESIDE: Partial<Record<SignalName, SignalName>> = { sticky: 'followup', followup: 'sticky' };

describe('a signal', () => {
  it.each(SIGNAL_NAMES)('can change a decision, with the weight that ships: %s', (name) => {
    const { input, read = DEBUGGER } = CASES[name];
    const agents = agentsIn(CASES[name]);
    const { decision } = decideAmong(agents, input, { read });
    expect(decision.targetAgent).toBe('b');
    const beside = BESIDE[name];
    const without = weighing(name, 0);
    const alone = { ...without, weights: { ...without.weights, ...(beside && { [beside]: 0 }), session: 0 } };
    const policy = name === 'sticky' || name === 'followup' ? alone : without;
    expect(decideAmong(agents, input, { read, policy }).decision.targetAgent).toBe('a');
  });

  it.each(SIGNAL_NAMES)('is stored as measured, in [0, 1], for either agent: %s', (name) => {
    const { input, read = DEBUGGER } = CASES[name];
    const { candidates } = decideAmong(agentsIn(CASES[name]), input, { read }).decision;
    const [b = 0, a = 0] = ['b', 'a'].map((id) => candidates.find(({ agentId }) => agentId === id)?.signals[name] ?? 0);
    expect(b).toBeGreaterThan(a);
    for (const { signals } of candidates)
      for (const value of Object.values(signals)) {
        expect(value).toBeGreaterThan(0);
        expect(value).toBeLessThanOrEqual(1);
      }
  });

  const gates: Record<string, (b: RoutableAgent) => { b: RoutableAgent; input: Partial<RoutingInput> }> = {
    unhealthy: (b) => ({ b: { ...b, health: 'unhealthy' }, input: {} }),
    paused: (b) => ({ b, input: { paused: new Set(['b']) } }),
    circuit_open: (b) => ({ b, input: { refused: new Set(['b']) } }),
    already_tried: (b) => ({ b, input: { tried: new Set(['b']) } }),
    wrong_role: (b) => ({ b: inRole(b, 'supervisor'), input: {} }),
  };
  const pairs = SIGNAL_NAMES.flatMap((name) => Object.keys(gates).map((gate) => [name, gate] as const));

  it.each(pairs)('cannot override a gate, whatever it weighs: %s, %s', (name, gate) => {
    const { input, read = DEBUGGER } = CASES[name];
    const [a, open] = agentsIn(CASES[name]);
    const gated = gates[gate]?.(open);
    if (gated === undefined) throw new Error('there is no such gate');
    const options = { read, policy: weighing(name, 10) };
    expect(decideAmong([a, open], input, options).decision.targetAgent).toBe('b');
    const { decision } = decideAmong([a, gated.b], { ...input, ...gated.input }, options);
    expect(decision.targetAgent).toBe('a');
    expect(decision.candidates).toContainEqual(expect.objectContaining({ agentId: 'b', rejected: gate }));
    const alone = decideAmong([gated.b], { ...input, ...gated.input }, options);
    expect(alone.decision.targetAgent).toBeNull();
  });
});

describe('what a user prefers', () => {
  it.each([[{ preferred_agents: 'b' }], [{ preferred_agents: [7, null, 'b'], expertise: 4, languages: { go: 1 } }]])(
    'is read as far as it can be: %j',
    (userPreferences) => {
      const { decision } = decideAmong([agentOf('a'), agentOf('b')], { userPreferences } as never);
      expect(decision.targetAgent).toBe('b');
    },
  );

  it.each([[{ expertise: 'wizard' }], [{ languages: [['go']] }], [{ preferred_agents: [{}] }]])(
    'survives, if it is nonsense: %j',
    (userPreferences) => {
      const agents = [agentOf('a'), agentOf('b', { specializations: ['go', 'wizard'] })];
      expect(decideAmong(agents, { userPreferences } as never).decision.targetAgent).toBe('a');
    },
  );
});

describe('the similarity of an agent', () => {
  it('is asked once, and not of agents of other roles that the model knows', () => {
    const asked: string[] = [];
    const similarity = (agentId: string) => {
      asked.push(agentId);
      return 0.1;
    };
    const others = [inRole(agentOf('reviewer'), 'code_reviewer'), inRole(agentOf('boss'), 'supervisor')];
    const roles = new Set(['debugger', 'code_reviewer', 'translator']);
    decideAmong([agentOf('a'), ...others, inRole(agentOf('tolk'), 'translator')], {
      similarity,
      roles,
      message: MESSAGE,
    });
    expect(asked.filter((agentId) => agentId !== 'boss').sort()).toEqual(['a', 'tolk']);
  });
});
