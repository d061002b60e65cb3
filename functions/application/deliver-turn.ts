import type { AgentAnswer } from '../domain/contract/agent-protocol.ts';
import type { Decision } from '../domain/contract/decision.ts';
import type { AttemptId } from '../domain/contract/ids.ts';
import { type Answer, type Attempt, MAX_MESSAGE_BYTES } from '../domain/contract/message.ts';
import { type DeliveryPolicy, retryDelayMs } from '../domain/delivery/delivery-policy.ts';
import { selectWindow, WINDOW_POLICY } from '../domain/history/window.ts';
import { decide } from '../domain/routing/decide.ts';
import { KEYWORD_POLICY } from '../domain/routing/keyword-policy.ts';
import type { DeliveryFailure, Outcome, PendingTurn, Turn } from '../domain/turn/turn.ts';
import type { Chance } from '../domain/turn/turn-id.ts';
import { agentRequest } from './agent-request.ts';
import { storeSignal } from './deadlines.ts';
import type {
  AgentCaller,
  CallResult,
  Clock,
  Log,
  Measure,
  PastTurn,
  RegisteredAgent,
  Stopwatch,
  TurnStore,
  UndeliveredQueue,
} from './ports.ts';

/** Newest turns that a delivery looks at; more than the window holds, since open turns among them do not count. */
export const PAST_TURNS = 12;

export interface DeliveryDependencies {
  readonly turns: TurnStore;
  readonly caller: AgentCaller;
  readonly queue: UndeliveredQueue;
  readonly clock: Clock;
  readonly stopwatch: Stopwatch;
  readonly chance: Chance;
  readonly policy: DeliveryPolicy;
  readonly measure: Measure;
  readonly log: Log;
}

export interface Delivery {
  /** Leased to `attemptId`. */
  readonly turn: PendingTurn;
  readonly attemptId: AttemptId;
  /** The conversation's newest turns, newest first; the turn itself and later ones among them are ignored. */
  readonly past: readonly PastTurn[];
  readonly agents: readonly RegisteredAgent[];
  /** When the agent must have answered, by this instance's clock. */
  readonly deadlineAtMs: number;
  readonly ifUnavailable: 'queue' | 'fail';
}

const OUT_OF_SCOPE: Answer = {
  content:
    'I route questions about software to specialised agents: explaining code, writing it, finding bugs, documentation and reviews. Tell me what you are working on and I will find the right one.',
  agentId: null,
  status: 'out_of_scope',
  metadata: {},
};

const FAILURE_OF = {
  timed_out: 'DEADLINE_EXCEEDED',
  failed: 'AGENT_FAILED',
  rejected: 'NO_AGENT_AVAILABLE',
} as const satisfies Record<Exclude<CallResult['kind'], 'answered'>, DeliveryFailure>;

const asAnswer = (answer: AgentAnswer, agentId: string): Answer => ({
  content: answer.content,
  agentId,
  status: answer.status ?? 'success',
  metadata: {
    ...answer.metadata,
    ...(answer.handoff === undefined ? {} : { handoff: JSON.parse(JSON.stringify(answer.handoff)) }),
  },
});

const refuseOversized = (result: CallResult): CallResult => {
  if (result.kind !== 'answered' || Buffer.byteLength(JSON.stringify(result.answer)) <= MAX_MESSAGE_BYTES)
    return result;
  return { kind: 'failed', reason: 'the answer is larger than 1 MiB', cause: undefined };
};

/**
 * Delivers a leased turn: decides, calls one agent under the deadline and records what came of it, each in a write that
 * takes effect only while the lease is still this delivery's.
 *
 * @returns the turn as it is stored afterwards, settled by whomever
 * @throws Failure STORE_UNAVAILABLE; the turn then stays open until its lease ends and the sweeper finds it
 */
export const makeDeliverTurn = (deps: DeliveryDependencies) => {
  const endWithoutAnswer = async (delivery: Delivery, reason: DeliveryFailure, attempts: readonly Attempt[]) => {
    const { turn, attemptId } = delivery;
    const nowMs = deps.clock();
    if (delivery.ifUnavailable === 'fail' || turn.deliveryCount >= deps.policy.maxDeliveries) {
      const stored = await deps.turns.abandon(turn, attemptId, { reason, attempts, nowMs }, storeSignal());
      if (stored.status === 'undeliverable') deps.measure('TurnsUndeliverable', 1);
      return stored;
    }
    const delayMs = retryDelayMs(turn.deliveryCount, deps.policy, deps.chance);
    const next = { atMs: nowMs + delayMs, reason, attempts };
    const stored = await deps.turns.postpone(turn, attemptId, next, storeSignal());
    if (stored.status !== 'pending' || stored.lease !== undefined) return stored;
    deps.measure('TurnsPending', 1);
    // The turn's item decides, not the queue: if this send fails, the sweeper finds the turn when its time has come.
    await deps.queue.send(turn.key, delayMs, storeSignal()).catch((cause: unknown) => {
      deps.log.warn('turn not queued; left to the sweeper', { turn_id: turn.key.turnId, cause });
    });
    return stored;
  };

  const endWithAnswer = async (delivery: Delivery, outcome: Outcome, attempts: readonly Attempt[]) => {
    const { turn, attemptId } = delivery;
    const stored = await deps.turns.answer(turn, attemptId, outcome, attempts, deps.clock(), storeSignal());
    if (stored.status === 'answered' && stored.answeredBy === attemptId) deps.measure('TurnsAnswered', 1);
    return stored;
  };

  const decideTimed = (delivery: Delivery, answered: readonly PastTurn[]): Decision => {
    const startedMs = deps.stopwatch();
    const { request } = delivery.turn;
    const decision = decide(
      {
        message: request.message,
        attachments: request.attachments,
        pinnedAgent: request.pinnedAgent,
        previousAgent: answered[0]?.agentId ?? undefined,
        previousRole: answered[0]?.role,
        agents: delivery.agents,
      },
      KEYWORD_POLICY,
    );
    const tookMs = deps.stopwatch() - startedMs;
    deps.measure('DecisionTime', tookMs);
    return { ...decision, tookMs };
  };

  return async (delivery: Delivery): Promise<Turn> => {
    const { turn } = delivery;
    const before = delivery.past.filter(({ turnId }) => turnId < turn.key.turnId);
    const answered = before.filter(({ status }) => status === 'answered');
    const { window, receipt } = selectWindow(answered, delivery.past.length < PAST_TURNS, WINDOW_POLICY);
    const decision = decideTimed(delivery, answered);
    const agent = delivery.agents.find(({ definition }) => definition.agentId === decision.targetAgent);

    if (agent === undefined) {
      if (decision.role !== 'none') return endWithoutAnswer(delivery, 'NO_AGENT_AVAILABLE', turn.attempts);
      const nothingSent = { ...receipt, keptMessages: 0, droppedMessages: answered.length * 2, keptBytes: 0 };
      return endWithAnswer(delivery, { answer: OUT_OF_SCOPE, decision, receipt: nothingSent }, turn.attempts);
    }

    const { definition } = agent;
    const history = await Promise.all(window.map((past) => past.read(storeSignal())));
    const agentMs = Math.min(definition.timeoutSeconds * 1000, Math.max(0, delivery.deadlineAtMs - deps.clock()));
    const request = agentRequest(turn, history, { number: 1, role: definition.agentType, deadlineMs: agentMs });
    const startedMs = deps.stopwatch();
    const result = refuseOversized(await deps.caller.call(definition, request, AbortSignal.timeout(agentMs)));
    const tookMs = deps.stopwatch() - startedMs;

    const attempt = { agentId: definition.agentId, delivery: turn.deliveryCount, outcome: result.kind, tookMs };
    if (result.kind === 'answered') {
      const answer = asAnswer(result.answer, definition.agentId);
      return endWithAnswer(delivery, { answer, decision, receipt }, [...turn.attempts, attempt]);
    }
    deps.measure('AttemptsFailed', 1);
    const reason = result.kind === 'timed_out' ? 'no answer in time' : result.reason;
    const cause = result.kind === 'timed_out' ? undefined : result.cause;
    deps.log.warn('attempt failed', { turn_id: turn.key.turnId, agent_id: definition.agentId, reason, cause });
    return endWithoutAnswer(delivery, FAILURE_OF[result.kind], [...turn.attempts, { ...attempt, reason }]);
  };
};
