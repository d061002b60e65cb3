import type { Decision } from '../domain/contract/decision.ts';
import type { AttemptId } from '../domain/contract/ids.ts';
import type { Answer, Attempt } from '../domain/contract/message.ts';
import { type DeliveryPolicy, retryDelayMs } from '../domain/delivery/delivery-policy.ts';
import { selectWindow, WINDOW_POLICY } from '../domain/history/window.ts';
import { decide, type RoutingInput } from '../domain/routing/decide.ts';
import { KEYWORD_POLICY } from '../domain/routing/keyword-policy.ts';
import type { DeliveryFailure, Outcome, PendingTurn, Turn } from '../domain/turn/turn.ts';
import type { Chance } from '../domain/turn/turn-id.ts';
import { type AskAgentsDependencies, makeAskAgents } from './ask-agents.ts';
import { elapsedMs, storeSignal } from './deadlines.ts';
import type { PastTurn, RegisteredAgent, TurnStore, UndeliveredQueue } from './ports.ts';

/** Newest turns that a delivery looks at; more than the window holds, since open turns among them do not count. */
export const PAST_TURNS = 12;

export interface DeliveryDependencies extends AskAgentsDependencies {
  readonly turns: TurnStore;
  readonly queue: UndeliveredQueue;
  readonly chance: Chance;
  readonly policy: DeliveryPolicy;
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

/**
 * Delivers a leased turn: decides, asks the chosen agent under the deadline and records what came of it, each in a write
 * that takes effect only while the lease is still this delivery's.
 *
 * @returns the turn as it is stored afterwards, settled by whomever
 * @throws Failure STORE_UNAVAILABLE; the turn then stays open until its lease ends and the sweeper finds it
 */
export const makeDeliverTurn = (deps: DeliveryDependencies) => {
  const askAgents = makeAskAgents(deps);

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

  const decideTimed = (input: RoutingInput): Decision => {
    const startedMs = deps.stopwatch();
    const decision = decide(input, KEYWORD_POLICY);
    const tookMs = elapsedMs(deps.stopwatch, startedMs);
    deps.measure('DecisionTime', tookMs);
    return { ...decision, tookMs };
  };

  return async (delivery: Delivery): Promise<Turn> => {
    const { turn, past, agents, deadlineAtMs } = delivery;
    const before = past.filter(({ turnId }) => turnId < turn.key.turnId);
    const answered = before.filter(({ status }) => status === 'answered');
    const { window, receipt } = selectWindow(answered, past.length < PAST_TURNS, WINDOW_POLICY);
    const input: RoutingInput = {
      message: turn.request.message,
      attachments: turn.request.attachments,
      pinnedAgent: turn.request.pinnedAgent,
      previousAgent: answered[0]?.agentId ?? undefined,
      agents,
    };
    const decision = decideTimed(input);
    const agent = agents.find(({ definition }) => definition.agentId === decision.targetAgent);

    if (agent === undefined) {
      if (decision.role !== 'none') return endWithoutAnswer(delivery, 'NO_AGENT_AVAILABLE', turn.attempts);
      const nothingSent = { ...receipt, keptMessages: 0, droppedMessages: answered.length * 2, keptBytes: 0 };
      return endWithAnswer(delivery, { answer: OUT_OF_SCOPE, decision, receipt: nothingSent }, turn.attempts);
    }
    const history = await Promise.all(window.map((turnBefore) => turnBefore.read(storeSignal())));
    const asked = await askAgents({ turn, history, input, agents, deadlineAtMs }, agent);
    const attempts = [...turn.attempts, ...asked.attempts];
    return asked.kind === 'answered'
      ? endWithAnswer(delivery, { answer: asked.answer, decision, receipt }, attempts)
      : endWithoutAnswer(delivery, asked.reason, attempts);
  };
};
