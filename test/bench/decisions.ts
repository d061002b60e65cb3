import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { makeProfileMaker } from '../../functions/adapters/profile-maker.ts';
import { loadRoutingModel } from '../../functions/adapters/routing-model.ts';
import { AgentDefinition } from '../../functions/domain/contract/agent.ts';
import { ROLES } from '../../functions/domain/contract/roles.ts';
import { decide } from '../../functions/domain/routing/decide.ts';
import type { RoutableAgent, RoutingInput } from '../../functions/domain/routing/routing-input.ts';
import type { CompareMessage } from '../../functions/domain/routing/scoring/compare-profiles.ts';
import { ROUTING_POLICY } from '../../functions/domain/routing/scoring/policy.ts';
import { type LabelledMessage, readMessages, subjectOf } from '../../lib/training/message.ts';
import { quantileOf } from './statistics.ts';

interface DecisionTime {
  readonly agents: number;
  /** Whether the agents have examples that messages are compared with. */
  readonly compared: boolean;
  readonly p50_ms: number;
  readonly p99_ms: number;
}

const MODEL = new URL('../../functions/model/', import.meta.url);
/** Messages that nothing was trained on. */
const EXAMS = ['exam-a', 'exam-b'].map((name) =>
  fileURLToPath(new URL(`../lib/training/${name}.jsonl`, import.meta.url)),
);
const SIZES = [10, 100, 1_000, 10_000];
const WARM_UP = 200;
const ROUNDS = 3;
const EXAMPLES = 3;
/** Agents have one of so many profiles: making one takes the encoder's time for each example. */
const PROFILES = 40;
const PASTED = 40;
const PASTE = `\n\`\`\`ts\n${'const total = items.reduce((sum, { price }) => sum + price, 0);\n'.repeat(16_384)}\`\`\`\n`;
const WORDS = ['typescript', 'python', 'react', 'sql', 'kubernetes', 'payments', 'search', 'mobile', 'etl', 'go'];

const model = loadRoutingModel(MODEL);
const messages = EXAMS.flatMap(readMessages);

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

/** Compares with the examples of every agent: messages of the exams, too. */
const comparisonWith = (agents: readonly RoutableAgent[]): CompareMessage => {
  const { make } = makeProfileMaker(MODEL);
  const profiles = Array.from({ length: PROFILES }, (_, index) => {
    const examples = messages.slice(index * EXAMPLES, (index + 1) * EXAMPLES).map(({ text }) => text.slice(0, 300));
    return make({ description: `For ${WORDS[index % WORDS.length]}.`, examples }) ?? '';
  });
  const texts = agents.map(({ definition }, index) => [definition.agentId, profiles[index % PROFILES] ?? ''] as const);
  return model.compareProfiles(new Map(texts));
};

/** A message as it is routed after the last answer of its conversation, if there was one. */
const inputOf = (message: LabelledMessage, agents: readonly RoutableAgent[]): RoutingInput => {
  const { previousRole, ...subject } = subjectOf(message);
  const previous = agents.find(({ definition }) => definition.agentType === previousRole);
  return { ...subject, agents, previousAgents: previous === undefined ? [] : [previous.definition.agentId] };
};

/** Times of decisions on these messages in turn, warm, in ms: the best of three, without what else the machine did. */
const timesOf = (inputs: readonly RoutingInput[], compare?: CompareMessage): readonly number[] => {
  const decideOne = (input: RoutingInput, index: number): number => {
    const startedMs = performance.now();
    const similarity = compare === undefined ? {} : { similarity: compare(input.message) };
    decide({ ...input, ...similarity, chance: (index % 97) / 97 }, ROUTING_POLICY, model.readIntent);
    return performance.now() - startedMs;
  };
  inputs.slice(0, WARM_UP).forEach(decideOne);
  const rounds = Array.from({ length: ROUNDS }, () => inputs.map(decideOne));
  return inputs.map((_, index) => Math.min(...rounds.map((times) => times[index] ?? 0)));
};

const quantiles = (times: readonly number[]) => ({ p50_ms: quantileOf(times, 0.5), p99_ms: quantileOf(times, 0.99) });

/** The whole decision, model included, by number of agents; without and with examples to compare messages with. */
export const measureDecisions = (): readonly DecisionTime[] =>
  SIZES.flatMap((count) => {
    const agents = agentsOf(count);
    const inputs = messages.map((message) => inputOf(message, agents));
    return [
      { agents: count, compared: false, ...quantiles(timesOf(inputs)) },
      { agents: count, compared: true, ...quantiles(timesOf(inputs, comparisonWith(agents))) },
    ];
  });

/** What a paste of 1 MiB adds to a decision among a hundred agents. */
export const measurePaste = () => {
  const inputs = messages.slice(0, PASTED).map((message) => inputOf(message, agentsOf(100)));
  const without = timesOf(inputs);
  // By way of bytes, as a request comes: a string that was only just put together is not yet in one piece.
  const pasted = inputs.map((input) => ({ ...input, message: Buffer.from(input.message + PASTE).toString() }));
  const more = timesOf(pasted).map((time, index) => time - (without[index] ?? 0));
  return { bytes: PASTE.length, more: quantiles(more) };
};
