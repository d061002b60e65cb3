import type { AgentAnswer, Handoff } from '../../domain/contract/agent-protocol.ts';
import { type Answer, type Attempt, MAX_MESSAGE_BYTES } from '../../domain/contract/message.ts';
import type { RoutingInput } from '../../domain/routing/routing-input.ts';
import type { DeliveryFailure, PendingTurn, Turn } from '../../domain/turn/turn.ts';
import type { AgentCaller, CallMeter, CallResult } from '../agent-ports.ts';
import { elapsedMs } from '../deadlines.ts';
import type { Log, Measure } from '../ports.ts';
import { agentRequest } from './agent-request.ts';
import { type ChooseAgentDependencies, type Choosing, type Chosen, makeChooseAgent } from './choose-agent.ts';
import type { LocalCalls } from './local-calls.ts';
import { makeReadTenant, type ReadTenantDependencies } from './read-tenant.ts';

export interface AskAgentsDependencies extends ChooseAgentDependencies, ReadTenantDependencies {
  readonly caller: AgentCaller;
  readonly meter: Pick<CallMeter, 'count'>;
  readonly calls: LocalCalls;
  readonly measure: Measure;
  readonly log: Log;
}

export interface Question extends Choosing {
  /** Earlier turns that the agent gets, oldest first. */
  readonly history: readonly Turn[];
  /** What the decision was made from. A handoff is decided from the same, but for the agents: they are listed again. */
  readonly input: RoutingInput;
}

/** What came of it. */
export type Asked = (
  | { readonly kind: 'answered'; readonly answer: Answer }
  | { readonly kind: 'unanswered'; readonly reason: DeliveryFailure }
) & {
  /** Those of this question alone. */
  readonly attempts: readonly Attempt[];
  /** Settles when the circuit breaker has taken in what it must; never rejects. */
  readonly reported: Promise<unknown>;
};

/** Times that one turn is handed on. */
const MAX_HANDOFFS = 3;

const FAILURE_OF = {
  timed_out: 'DEADLINE_EXCEEDED',
  failed: 'AGENT_FAILED',
  busy: 'NO_AGENT_AVAILABLE',
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

/** An answer may be as large as a message. What comes with it was measured where the agent's reply was read. */
const refuseOversized = (result: CallResult): CallResult => {
  if (result.kind !== 'answered') return result;
  if (Buffer.byteLength(result.answer.content) > MAX_MESSAGE_BYTES)
    return { kind: 'failed', reason: 'the answer is larger than 1 MiB', cause: undefined };
  return result;
};

/** Asks an agent, and whom it hands the question over to, under one deadline. Never throws for what agents do. */
export const makeAskAgents = (deps: AskAgentsDependencies) => {
  const choose = makeChooseAgent(deps);
  const readTenant = makeReadTenant(deps);

  const callAgent = async ({ turn, history, deadlineAtMs }: Question, { agent, pass }: Chosen, sender: string) => {
    const { agentId, agentType, timeoutSeconds } = agent.definition;
    const timeoutMs = timeoutSeconds * 1000;
    const deadlineMs = Math.min(timeoutMs, Math.max(0, deadlineAtMs - deps.clock()));
    const request = agentRequest(turn, history, { sender, role: agentType, deadlineMs });
    const startedMs = deps.stopwatch();
    const call = async () => {
      const end = deps.calls.begin(agent);
      return refuseOversized(await deps.caller.call(agent, request, AbortSignal.timeout(deadlineMs)).finally(end));
    };
    // Without time there is no call, and nothing to hold against the agent.
    const result: CallResult = deadlineMs === 0 ? { kind: 'timed_out' } : await call();
    const tookMs = elapsedMs(deps.stopwatch, startedMs);
    if (deadlineMs > 0) deps.meter.count({ owner: agent.owner, agentId }, result.kind, tookMs);
    const reported = deps.breaker.report(pass, { kind: result.kind, hadMs: deadlineMs, timeoutMs });
    return { result, reported, attempt: { agentId, delivery: turn.deliveryCount, tookMs } };
  };

  /** Who may be called by now: the call before may have taken minutes. What cannot be read stands as it was. */
  const agentsNow = async ({
    turn,
    agents,
    input,
  }: Question): Promise<Pick<Question, 'agents'> & Pick<RoutingInput, 'similarity'>> => {
    const { tenant, turnId } = turn.key;
    try {
      const now = await readTenant(tenant);
      return { agents: now.agents, similarity: now.compare(turn.request.message) };
    } catch (cause) {
      deps.log.warn('agents not listed again; the last list stands', { turn_id: turnId, cause });
      return { agents, similarity: input.similarity };
    }
  };

  /** Whom a handing-over agent's wish leads to: never back, never past a gate or a pin, at most `MAX_HANDOFFS` times. */
  const agentAfter = async ({ handoff }: AgentAnswer, question: Question, tried: ReadonlySet<string>) => {
    const { input } = question;
    const isPinned = input.pinnedAgent !== undefined;
    if (handoff === undefined || isPinned || tried.size > MAX_HANDOFFS) return undefined;
    const now = await agentsNow(question);
    const named = { by: 'handoff' as const, agentId: handoff.agentId, role: handoff.agentType };
    return (await choose({ ...question, agents: now.agents }, { ...input, ...now, tried, named })).chosen;
  };

  const recordFailure = (turn: PendingTurn, agentId: string, result: Exclude<CallResult, { kind: 'answered' }>) => {
    const [reason, cause] =
      result.kind === 'timed_out' ? ['no answer in time', undefined] : [result.reason, result.cause];
    if (result.kind !== 'busy') deps.measure('AttemptsFailed', 1);
    deps.log.warn('attempt failed', { turn_id: turn.key.turnId, agent_id: agentId, reason, cause });
    return reason;
  };

  return async (question: Question, first: Chosen): Promise<Asked> => {
    const attempts: Attempt[] = [];
    const reports: Promise<void>[] = [];
    const tried = new Set<string>();
    let sender = 'user';
    let chosen = first;
    for (;;) {
      const { agentId } = chosen.agent.definition;
      tried.add(agentId);
      const { result, reported, attempt } = await callAgent(question, chosen, sender);
      reports.push(reported);
      const soFar = { attempts, reported: Promise.all(reports) };
      if (result.kind !== 'answered') {
        const reason = recordFailure(question.turn, agentId, result);
        attempts.push({ ...attempt, outcome: result.kind, reason });
        return { kind: 'unanswered', reason: FAILURE_OF[result.kind], ...soFar };
      }
      const next = await agentAfter(result.answer, question, tried);
      if (next === undefined) {
        attempts.push({ ...attempt, outcome: 'answered' });
        return { kind: 'answered', answer: asAnswer(result.answer, agentId), ...soFar };
      }
      attempts.push({ ...attempt, outcome: 'handed_over', reason: `to ${next.agent.definition.agentId}` });
      sender = agentId;
      chosen = next;
    }
  };
};
