import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { AgentDefinition } from '../../functions/domain/contract/agent.ts';
import { ROLES } from '../../functions/domain/contract/roles.ts';
import { decide } from '../../functions/domain/routing/decide.ts';
import type { RoutableAgent, RoutingInput } from '../../functions/domain/routing/routing-input.ts';
import { ROUTING_POLICY } from '../../functions/domain/routing/scoring/policy.ts';
import { type LabelledMessage, readMessages, subjectOf } from '../../lib/training/message.ts';
import { readIntent } from '../routing-model.ts';
import { quantileOf } from './statistics.ts';

export interface DecisionTime {
  readonly agents: number;
  readonly p50_ms: number;
  readonly p99_ms: number;
}

const AGENTS = [100, 1_000, 10_000];
const WARM_UP = 200;
const MESSAGES = fileURLToPath(new URL('../../lib/training/data/own-13.jsonl', import.meta.url));
const WORDS = ['typescript', 'python', 'react', 'sql', 'kubernetes', 'payments', 'search', 'mobile', 'etl', 'go'];

const agentsOf = (count: number): readonly RoutableAgent[] => {
  const roles = Object.keys(ROLES).filter((role) => role !== 'supervisor');
  return Array.from({ length: count }, (_, index) => {
    const role = roles[index % roles.length] ?? '';
    const definition = z.decode(AgentDefinition, {
      agent_id: `agent-${index}`,
      agent_type: role,
      name: `Agent ${index}`,
      description: `Agent number ${index} of ${count}, for ${WORDS[index % WORDS.length]}.`,
      capabilities: [...(ROLES[role]?.capabilities ?? [])],
      specializations: [WORDS[index % WORDS.length] ?? '', WORDS[(index * 7) % WORDS.length] ?? ''],
      endpoint_url: 'http://127.0.0.1:1/',
    } as z.input<typeof AgentDefinition>);
    return { owner: 'global', definition, health: 'healthy', p50Ms: 500 + (index % 7) * 100, errorRate: 0 };
  });
};

/** A message as it is routed after the last answer of its conversation, if there was one. */
const inputOf = (message: LabelledMessage, agents: readonly RoutableAgent[]): RoutingInput => {
  const { previousRole, ...subject } = subjectOf(message);
  const previous = agents.find(({ definition }) => definition.agentType === previousRole);
  return { ...subject, agents, previousAgents: previous === undefined ? [] : [previous.definition.agentId] };
};

/** The whole decision, model included, warm, on messages of every kind in turn. */
export const measureDecisions = (): readonly DecisionTime[] => {
  const messages = readMessages(MESSAGES);
  return AGENTS.map((count) => {
    const agents = agentsOf(count);
    const inputs = messages.map((message) => inputOf(message, agents));
    for (const input of inputs.slice(0, WARM_UP)) decide(input, ROUTING_POLICY, readIntent);
    const times = inputs.map((input, index) => {
      const startedMs = performance.now();
      decide({ ...input, chance: (index % 97) / 97 }, ROUTING_POLICY, readIntent);
      return performance.now() - startedMs;
    });
    return { agents: count, p50_ms: quantileOf(times, 0.5), p99_ms: quantileOf(times, 0.99) };
  });
};
