import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AgentId } from '../../../functions/domain/contract/ids.ts';
import { decide } from '../../../functions/domain/routing/decide.ts';
import type { RoutingInput } from '../../../functions/domain/routing/routing-input.ts';
import { ROUTING_POLICY, type RoutingPolicy, SIGNAL_NAMES } from '../../../functions/domain/routing/scoring/policy.ts';
import { type Judgement, judgeDecision } from '../../../lib/replay/judge-decision.ts';
import { agentOf, always, inRole, reads } from '../../domain/routing/scoring/scoring-rig.ts';
import { written } from './replay-rig.ts';

const KNOWN = ['debugger', 'documentation', 'code_reviewer'];
const ROLES = [...KNOWN, 'translator', 'gardener'];
const NUMBERS = [0, 0.02, 0.1, 0.3, 0.55, 0.6, 0.8, 0.98, 1];

const thousandth = fc.integer({ min: 0, max: 1000 }).map((value) => value / 1000);

const agents = fc.uniqueArray(
  fc.record({
    id: fc.integer({ min: 0, max: 99 }),
    role: fc.constantFrom(...ROLES, 'supervisor'),
    owner: fc.constantFrom('global', 'acme'),
    specializations: fc.subarray(['go', 'rust']),
    health: fc.constantFrom('healthy' as const, 'unknown' as const, 'degraded' as const, 'unhealthy' as const),
    p50Ms: fc.constantFrom(null, 100, 900),
    errorRate: fc.constantFrom(null, 0, 0.4),
    similarity: thousandth,
  }),
  { selector: ({ id }) => id, minLength: 1, maxLength: 9 },
);

const policy = (version: string): fc.Arbitrary<RoutingPolicy> =>
  fc
    .record({
      weights: fc.array(fc.constantFrom(0, 0.05, 0.1, 0.3, 1), { minLength: 18, maxLength: 18 }),
      thresholds: fc.array(fc.constantFrom(...NUMBERS), { minLength: 6, maxLength: 6 }),
    })
    .map(
      ({
        weights,
        thresholds: [claimFrom, unsureBelow, unsureMargin, refusePinFrom, refusePinBelow, equalWithin],
      }) => ({
        ...ROUTING_POLICY,
        version,
        weights: Object.fromEntries(
          SIGNAL_NAMES.map((name, at) => [name, weights[at] ?? 0]),
        ) as RoutingPolicy['weights'],
        ...({ claimFrom, unsureBelow, unsureMargin, refusePinFrom, refusePinBelow, equalWithin } as Record<
          string,
          number
        >),
      }),
    );

type Named = Pick<RoutingInput, 'pinnedAgent' | 'named' | 'rules'>;

const namings = (ids: readonly string[]): fc.Arbitrary<Named> => {
  const id = fc.constantFrom(...ids).map((agentId) => agentId as AgentId);
  const role = fc.constantFrom(...ROLES);
  return fc.oneof(
    { weight: 5, arbitrary: fc.constant({}) },
    id.map((pinnedAgent) => ({ pinnedAgent })),
    fc
      .record({ by: fc.constantFrom('handoff' as const, 'supervisor' as const), agentId: id })
      .map((named) => ({ named })),
    fc.record({ by: fc.constantFrom('handoff' as const, 'supervisor' as const), role }).map((named) => ({ named })),
    id.map((agentId) => ({ rules: always('mine', { agentId }) })),
    role.map((its) => ({ rules: always('theirs', { role: its }) })),
  );
};

/** Probabilities of the roles that the model knows, in thousandths. */
const probabilities = fc
  .tuple(thousandth, thousandth, thousandth, thousandth)
  .filter((parts) => parts.some((part) => part > 0))
  .map((parts) => {
    const sum = parts.reduce((total, part) => total + part, 0);
    return Object.fromEntries(
      [...KNOWN, 'none'].map((role, at) => [role, Math.round((1000 * (parts[at] ?? 0)) / sum) / 1000]),
    );
  });

const scenes = fc
  .record({ agents, probabilities, chance: fc.double({ min: 0, max: 0.999, noNaN: true }), previous: fc.nat(99) })
  .chain((scene) => namings(scene.agents.map(({ id }) => `a${id}`)).map((named) => ({ ...scene, named })));

type Scene = typeof scenes extends fc.Arbitrary<infer T> ? T : never;

const decideBy = ({ agents: drawn, probabilities: read, chance, previous, named }: Scene, by: RoutingPolicy) => {
  const likeness = new Map(drawn.map(({ id, similarity }) => [`a${id}`, similarity]));
  const input: RoutingInput = {
    ...{ message: 'fix this go crash', attachments: [], roles: new Set(ROLES), chance, tenant: 'acme' },
    agents: drawn.map(({ id, role, specializations, similarity: _, ...rest }) =>
      inRole(agentOf(`a${id}`, { specializations }, rest), role),
    ),
    previousAgents: [`a${previous}`],
    similarity: (agentId) => likeness.get(agentId),
    ...named,
  };
  const sure = Math.max(...Object.values(read)) >= 0.3;
  return decide(input, by, reads(read, { sure }));
};

/** What the policy really makes of it may not be other than what the replay says. */
const expectTrue = (judgement: Judgement, is: ReturnType<typeof decide>['decision']): void => {
  const { verdict, from, to, role, equals = [] } = judgement;
  if (verdict === 'role') expect(is.role).toBe(role);
  // A pin that was refused says nothing of the other gates.
  else if (verdict === 'pin') expect(to === null ? [null] : [to, null]).toContain(is.targetAgent);
  else if (judgement.why === 'claims_not_stored') expect(from).toBeNull();
  else if (verdict === 'unknown') expect([from, to, ...equals]).toContain(is.targetAgent);
  else if (equals.length > 0) expect(equals).toContain(is.targetAgent);
  else expect(is.targetAgent).toBe(to);
};

describe('a decision that is replayed', () => {
  it('under the policy that it was made by is the same, whoever decided', () => {
    const property = fc.property(scenes, policy('policy-a'), (scene, a) => {
      const { decision } = decideBy(scene, a);
      const { verdict, from, to, partial, unsure } = judgeDecision(written(decision), a, [a]);
      expect([verdict, from, to, partial, unsure?.now]).toEqual([
        'same',
        decision.targetAgent,
        decision.targetAgent,
        false,
        unsure?.was,
      ]);
    });
    fc.assert(property, { numRuns: 400, seed: 20_261_124 });
  });

  it('under another policy goes to whom that policy would choose', () => {
    const seen = new Map<string, number>();
    const property = fc.property(scenes, policy('policy-a'), policy('policy-b'), (scene, a, b) => {
      const before = decideBy(scene, a);
      const after = decideBy(scene, b);
      const stored = written(before.decision);
      const judgement = judgeDecision(stored, b, [a]);
      seen.set(judgement.verdict, (seen.get(judgement.verdict) ?? 0) + 1);
      expectTrue(judgement, after.decision);
      expectTrue(judgeDecision(stored, b, []), after.decision);
      const isModel = stored.tier === 'model' || stored.tier === 'fallback';
      if (isModel && judgement.verdict !== 'role' && judgement.why !== 'claims_not_stored')
        expect(judgement.unsure ?? { was: before.unsure, now: before.unsure }).toEqual({
          was: before.unsure,
          now: after.unsure,
        });
    });
    fc.assert(property, { numRuns: 1_500, seed: 20_261_124 });
    // Else it would show nothing.
    for (const verdict of ['same', 'margin', 'unknown', 'unsure', 'pin', 'role', 'agent'])
      expect([verdict, (seen.get(verdict) ?? 0) >= 5]).toEqual([verdict, true]);
  });
});
