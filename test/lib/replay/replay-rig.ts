import * as z from 'zod';
import { Decision } from '../../../functions/domain/contract/decision.ts';
import type { UntimedDecision } from '../../../functions/domain/routing/decide.ts';
import { ROUTING_POLICY, type RoutingPolicy } from '../../../functions/domain/routing/scoring/policy.ts';
import { scoreOf } from '../../../functions/domain/routing/scoring/signals.ts';

/** A policy that differs from the one that ships in some weights and thresholds. */
export const policyWith = (
  weights: Partial<RoutingPolicy['weights']>,
  more: Partial<Omit<RoutingPolicy, 'weights'>> = {},
): RoutingPolicy => ({
  ...ROUTING_POLICY,
  version: 'tried-1',
  ...more,
  weights: { ...ROUTING_POLICY.weights, ...weights },
});

/** As it is written and read again. */
export const written = (decision: UntimedDecision): Decision =>
  z.decode(Decision, JSON.parse(JSON.stringify(z.encode(Decision, { ...decision, tookMs: 1 }))));

type Signals = Readonly<Record<string, number>>;
type Rejected = Decision['candidates'][number]['rejected'];

/** A candidate as the policy that ships would store it. */
export const candidate = (agentId: string, signals: Signals, role = 'debugger', rejected?: Rejected) => ({
  agentId,
  role,
  score: scoreOf(signals, ROUTING_POLICY),
  signals: { ...signals },
  ...(rejected === undefined ? {} : { rejected }),
});

const PROBABILITIES = { debugger: 0.8, code_generator: 0.1, documentation: 0.06, none: 0.04 };

/** A decision for the debugger `a` by the policy that ships. */
export const decisionOf = (
  candidates: Decision['candidates'],
  { probabilities = PROBABILITIES, ...more }: Partial<Decision> & { probabilities?: Record<string, number> } = {},
): Decision => ({
  targetAgent: 'a',
  role: 'debugger',
  confidence: 0.8,
  tier: 'model',
  reasons: ['debugger 80 %, code_generator 10 % (n-grams)'],
  candidates,
  intent: { role: 'debugger', taskType: 'fix', complexity: 0.3, domains: [], probabilities },
  tookMs: 1,
  policyVersion: ROUTING_POLICY.version,
  modelVersion: 'test-1',
  ...more,
});
