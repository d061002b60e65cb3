import type { AgentDefinition } from '../domain/contract/agent.ts';
import type { AgentAnswer, Handoff } from '../domain/contract/agent-protocol.ts';
import { type Answer, type Attempt, MAX_CONTEXT_BYTES, MAX_MESSAGE_BYTES } from '../domain/contract/message.ts';
import { decide, type RoutingInput } from '../domain/routing/decide.ts';
import { KEYWORD_POLICY } from '../domain/routing/keyword-policy.ts';
import type { DeliveryFailure, PendingTurn, Turn } from '../domain/turn/turn.ts';
import { agentRequest } from './agent-request.ts';
import { elapsedMs } from './deadlines.ts';
import type { AgentCaller, CallResult, Clock, Log, Measure, RegisteredAgent, Stopwatch } from './ports.ts';

export interface AskAgentsDependencies {
  readonly caller: AgentCaller;
  readonly clock: Clock;
  readonly stopwatch: Stopwatch;
  readonly measure: Measure;
  readonly log: Log;
}

export interface Question {
  readonly turn: PendingTurn;
  /** Earlier turns that the agent gets, oldest first. */
  readonly history: readonly Turn[];
  /** What the decision was made from: a handoff is decided from the same. */
  readonly input: RoutingInput;
  readonly agents: readonly RegisteredAgent[];
  /** When the answer must be there, by this instance's clock. */
  readonly deadlineAtMs: number;
}

/** What came of it; `attempts` are those of this question alone. */
export type Asked =
  | { readonly kind: 'answered'; readonly answer: Answer; readonly attempts: readonly Attempt[] }
  | { readonly kind: 'unanswered'; readonly reason: DeliveryFailure; readonly attempts: readonly Attempt[] };

/** Times that one turn is handed on. */
const MAX_HANDOFFS = 3;

const FAILURE_OF = {
  timed_out: 'DEADLINE_EXCEEDED',
  failed: 'AGENT_FAILED',
  rejected: 'NO_AGENT_AVAILABLE',
} as const satisfies Record<Exclude<CallResult['kind'], 'answered'>, DeliveryFailure>;

/** A handoff that was not followed, for the caller to see. */
const handoffMetadata = ({ agentType, agentId, reason }: Handoff) => ({
  handoff: { ...(agentType === undefined ? { agent_id: agentId ?? '' } : { agent_type: agentType }), reason },
});

const asAnswer = (answer: AgentAnswer, agentId: string): Answer => ({
  content: answer.content,
  agentId,
  status: answer.status ?? 'success',
  metadata: { ...answer.metadata, ...(answer.handoff === undefined ? {} : handoffMetadata(answer.handoff)) },
});

const jsonBytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value ?? null));

/** As much as a turn may hold: an answer like a message, what comes with it like a message's `context_data`. */
const refuseOversized = (result: CallResult): CallResult => {
  if (result.kind !== 'answered') return result;
  const { content, metadata, contextData } = result.answer;
  if (Buffer.byteLength(content) > MAX_MESSAGE_BYTES)
    return { kind: 'failed', reason: 'the answer is larger than 1 MiB', cause: undefined };
  if (jsonBytes(metadata) > MAX_CONTEXT_BYTES || jsonBytes(contextData) > MAX_CONTEXT_BYTES)
    return { kind: 'failed', reason: 'metadata or context_data are larger than 64 KiB', cause: undefined };
  return result;
};

/** Asks an agent, and whom it hands the question over to, under one deadline. Never throws for what agents do. */
export const makeAskAgents = (deps: AskAgentsDependencies) => {
  const callAgent = async ({ turn, history, deadlineAtMs }: Question, agent: AgentDefinition, sender: string) => {
    const remainingMs = Math.max(0, deadlineAtMs - deps.clock());
    const deadlineMs = Math.min(agent.timeoutSeconds * 1000, remainingMs);
    const request = agentRequest(turn, history, { sender, role: agent.agentType, deadlineMs });
    const startedMs = deps.stopwatch();
    const result = refuseOversized(await deps.caller.call(agent, request, AbortSignal.timeout(deadlineMs)));
    const tookMs = elapsedMs(deps.stopwatch, startedMs);
    return { result, attempt: { agentId: agent.agentId, delivery: turn.deliveryCount, tookMs } };
  };

  /** Whom a handing-over agent's wish leads to: never back, never past a gate or a pin, at most `MAX_HANDOFFS` times. */
  const agentAfter = ({ handoff }: AgentAnswer, { input, agents }: Question, tried: ReadonlySet<string>) => {
    const isPinned = input.pinnedAgent !== undefined;
    if (handoff === undefined || isPinned || tried.size > MAX_HANDOFFS) return undefined;
    const next = { ...input, tried, pinnedAgent: handoff.agentId, handedTo: handoff.agentType };
    const { targetAgent } = decide(next, KEYWORD_POLICY);
    return agents.find(({ definition }) => definition.agentId === targetAgent);
  };

  const recordFailure = (turn: PendingTurn, agentId: string, result: Exclude<CallResult, { kind: 'answered' }>) => {
    const [reason, cause] =
      result.kind === 'timed_out' ? ['no answer in time', undefined] : [result.reason, result.cause];
    deps.measure('AttemptsFailed', 1);
    deps.log.warn('attempt failed', { turn_id: turn.key.turnId, agent_id: agentId, reason, cause });
    return reason;
  };

  return async (question: Question, first: RegisteredAgent): Promise<Asked> => {
    const attempts: Attempt[] = [];
    const tried = new Set<string>();
    let sender = 'user';
    let agent = first;
    for (;;) {
      const { agentId } = agent.definition;
      tried.add(agentId);
      const { result, attempt } = await callAgent(question, agent.definition, sender);
      if (result.kind !== 'answered') {
        const reason = recordFailure(question.turn, agentId, result);
        attempts.push({ ...attempt, outcome: result.kind, reason });
        return { kind: 'unanswered', reason: FAILURE_OF[result.kind], attempts };
      }
      const next = agentAfter(result.answer, question, tried);
      if (next === undefined) {
        attempts.push({ ...attempt, outcome: 'answered' });
        return { kind: 'answered', answer: asAnswer(result.answer, agentId), attempts };
      }
      attempts.push({ ...attempt, outcome: 'handed_over', reason: `to ${next.definition.agentId}` });
      sender = agentId;
      agent = next;
    }
  };
};
