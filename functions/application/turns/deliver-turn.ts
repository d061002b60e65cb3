import type { Answer } from '../../domain/contract/message.ts';
import { selectWindow, WINDOW_POLICY, type WindowPolicy } from '../../domain/history/window.ts';
import type { Turn, TurnRequest } from '../../domain/turn/turn.ts';
import { storeSignal } from '../deadlines.ts';
import type { PastTurn } from '../ports.ts';
import { type AskAgentsDependencies, makeAskAgents } from './ask-agents.ts';
import { type Chosen, makeChooseAgent } from './choose-agent.ts';
import { PAST_TURNS, routingInput } from './decide-route.ts';
import { type EndDeliveryDependencies, type Held, makeEndDelivery } from './end-delivery.ts';
import type { TenantRouting } from './read-tenant.ts';

export type DeliveryDependencies = AskAgentsDependencies & EndDeliveryDependencies;

export interface Delivery extends Held, TenantRouting {
  /** The conversation's newest turns, newest first; the turn itself and later ones among them are ignored. */
  readonly past: readonly PastTurn[];
  /** When the agent must have answered, by this instance's clock. */
  readonly deadlineAtMs: number;
}

/** Bytes of JSON that the texts of one agent request have at most: Lambda refuses 6 MB, and the agent would be blamed. */
const MAX_SENT_BYTES = 5_500_000;

/** What the window may have beside the turn's own request. A turn's bytes are those of its JSON, escapes included. */
const windowPolicy = (request: TurnRequest): WindowPolicy => ({
  ...WINDOW_POLICY,
  maxBytes: Math.min(WINDOW_POLICY.maxBytes, MAX_SENT_BYTES - Buffer.byteLength(JSON.stringify(request))),
});

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
  const choose = makeChooseAgent(deps);
  const askAgents = makeAskAgents(deps);
  const end = makeEndDelivery(deps);

  /** Reads what the chosen agent gets. Where that fails it is not called, and another turn may probe it at once. */
  const readHistory = (window: readonly PastTurn[], { pass }: Chosen): Promise<readonly Turn[]> =>
    Promise.all(window.map((turnBefore) => turnBefore.read(storeSignal()))).catch(async (cause: unknown) => {
      await deps.breaker.withdraw(pass);
      throw cause;
    });

  return async (delivery: Delivery): Promise<Turn> => {
    const { turn, past, agents, rules, compare, deadlineAtMs } = delivery;
    const before = past.filter(({ turnId }) => turnId < turn.key.turnId);
    const answered = before.filter(({ status }) => status === 'answered');
    const { window, receipt } = selectWindow(answered, past.length < PAST_TURNS, windowPolicy(turn.request));
    const among = { tenant: turn.key.tenant, agents, rules, similarity: compare(turn.request.message) };
    const input = routingInput(turn.request, before, among);
    const { decision, chosen, reported } = await choose({ turn, agents, answered, deadlineAtMs }, input);
    deps.measure('DecisionTime', decision.tookMs);

    if (chosen === undefined) {
      await reported;
      if (decision.role !== 'none') return end.withoutAnswer(delivery, 'NO_AGENT_AVAILABLE', turn.attempts);
      const nothingSent = { ...receipt, keptMessages: 0, droppedMessages: answered.length * 2, keptBytes: 0 };
      return end.withAnswer(delivery, { answer: OUT_OF_SCOPE, decision, receipt: nothingSent }, turn.attempts);
    }
    const history = await readHistory(window, chosen);
    const asked = await askAgents({ turn, history, input, agents, deadlineAtMs }, chosen);
    const attempts = [...turn.attempts, ...asked.attempts];
    const ended =
      asked.kind === 'answered'
        ? end.withAnswer(delivery, { answer: asked.answer, decision, receipt }, attempts)
        : end.withoutAnswer(delivery, asked.reason, attempts);
    const [stored] = await Promise.all([ended, asked.reported, reported]);
    return stored;
  };
};
