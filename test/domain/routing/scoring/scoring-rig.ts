import { decide } from '../../../../functions/domain/routing/decide.ts';
import type { IntentReading, ReadIntent } from '../../../../functions/domain/routing/intent/intent-reading.ts';
import type { RoutableAgent, RoutingInput } from '../../../../functions/domain/routing/routing-input.ts';
import type { CompiledRule, CompiledRules } from '../../../../functions/domain/routing/rules/compile-rules.ts';
import { ROUTING_POLICY, type RoutingPolicy } from '../../../../functions/domain/routing/scoring/policy.ts';
import { intentOf } from '../../../twins/intent.ts';
import { agentDefinition } from '../../../twins/samples.ts';

/** A debugger of the given id, but for `changes`; `definition` as on the wire. */
export const agentOf = (
  agentId: string,
  definition: Record<string, unknown> = {},
  changes: Partial<RoutableAgent> = {},
): RoutableAgent => ({
  owner: 'global',
  definition: agentDefinition(agentId, 'debugger', definition),
  health: 'healthy',
  p50Ms: null,
  errorRate: null,
  ...changes,
});

/** The same agent in another role, also in one that the role table does not have. */
export const inRole = (agent: RoutableAgent, role: string): RoutableAgent => ({
  ...agent,
  definition: { ...agent.definition, agentType: role as never },
});

/** A model that reads these probabilities in every message. */
export const reads = (probabilities: Record<string, number>, more: Partial<IntentReading> = {}): ReadIntent => {
  const [[role, confidence] = ['none', 0]] = Object.entries(probabilities).sort(([, a], [, b]) => b - a);
  return intentOf({
    role,
    confidence,
    taskType: 'fix',
    probabilities: new Map(Object.entries(probabilities)),
    ...more,
  });
};

export const DEBUGGER = reads({ debugger: 0.9, documentation: 0.05, code_reviewer: 0.03, none: 0.02 });

/** A rule that holds for every message. */
export const always = (name: string, target: object): CompiledRules => [
  { name, owner: 'acme', priority: 0, target: target as CompiledRule['target'], holds: () => true },
];

export const MESSAGE = 'it does not do what it should since the last release, and nobody here knows why that is so';

export const decideAmong = (
  agents: readonly RoutableAgent[],
  input: Partial<RoutingInput> = {},
  { policy = ROUTING_POLICY, read = DEBUGGER }: { policy?: RoutingPolicy; read?: ReadIntent } = {},
) => decide({ message: MESSAGE, attachments: [], agents, ...input }, policy, read);
