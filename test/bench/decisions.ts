import * as z from 'zod';
import { AgentDefinition } from '../../functions/domain/contract/agent.ts';
import { ROLES } from '../../functions/domain/contract/roles.ts';
import { decide, type RoutableAgent } from '../../functions/domain/routing/decide.ts';
import { KEYWORD_POLICY } from '../../functions/domain/routing/keyword-policy.ts';
import { SAMPLES } from '../e2e/samples.ts';
import { quantileOf } from './statistics.ts';

export interface DecisionTime {
  readonly agents: number;
  readonly p50_ms: number;
  readonly p99_ms: number;
}

const AGENTS = [5, 100, 1_000];
const WARM_UP = 500;
const RUNS = 3_000;
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
    return { owner: 'global', definition, health: 'healthy' };
  });
};

/** The decision alone, warm, on messages of every kind in turn. */
export const measureDecisions = (): readonly DecisionTime[] =>
  AGENTS.map((count) => {
    const agents = agentsOf(count);
    const messages = Object.values(SAMPLES);
    const times: number[] = [];
    for (let run = 0; run < WARM_UP + RUNS; run += 1) {
      const message = messages[run % messages.length] ?? '';
      const startedMs = performance.now();
      decide({ message, attachments: [], agents }, KEYWORD_POLICY);
      if (run >= WARM_UP) times.push(performance.now() - startedMs);
    }
    return { agents: count, p50_ms: quantileOf(times, 0.5), p99_ms: quantileOf(times, 0.99) };
  });
