import type { Decision } from '../../domain/contract/decision.ts';
import { ConversationId } from '../../domain/contract/ids.ts';
import { DEFAULT_DEADLINE_MS, type RouteRequest } from '../../domain/contract/message.ts';
import { mintTurnId } from '../../domain/turn/turn-id.ts';
import { storeSignal } from '../deadlines.ts';
import type { PastTurn, Principal, TurnStore } from '../ports.ts';
import type { Asking } from './agent-request.ts';
import { type AskSupervisorDependencies, makeAskSupervisor } from './ask-supervisor.ts';
import { findPinned } from './check-pin.ts';
import { PAST_TURNS, routingInput } from './decide-route.ts';
import { makeReadTenant, type ReadTenantDependencies } from './read-tenant.ts';
import { turnRequest } from './turn-request.ts';

export interface PreviewRouteDependencies extends AskSupervisorDependencies, ReadTenantDependencies {
  readonly turns: TurnStore;
  /** A fresh unguessable id. */
  readonly mintId: () => string;
}

/**
 * Says which agent would get a message and why; no agent gets it, and nothing is stored. A supervisor is asked as it would
 * be for the message itself: its word is part of what would happen.
 * @throws Failure MESSAGE_TOO_LARGE, AGENT_NOT_FOUND, STORE_UNAVAILABLE
 */
export const makePreviewRoute = (deps: PreviewRouteDependencies) => {
  const readTenant = makeReadTenant(deps);
  const askSupervisor = makeAskSupervisor(deps);

  /** As it would be accepted. Its ids are nobody's. */
  const turnOf = ({ tenant, userId }: Principal, request: RouteRequest, nowMs: number): Asking => ({
    key: {
      tenant,
      userId,
      conversationId: ConversationId.parse(request.conversationId ?? `conv_${deps.mintId()}`),
      turnId: mintTurnId(nowMs, deps.chance),
    },
    request: turnRequest(request),
    createdAtMs: nowMs,
    deliveryCount: 1,
  });

  const pastOf = (
    { key }: Asking,
    { conversationId }: RouteRequest,
  ): Promise<readonly PastTurn[]> | readonly never[] =>
    conversationId === undefined ? [] : deps.turns.newest(key, PAST_TURNS, storeSignal());

  return async (principal: Principal, request: RouteRequest): Promise<Decision> => {
    const { tenant } = principal;
    const nowMs = deps.clock();
    const turn = turnOf(principal, request, nowMs);
    const [{ agents, rules, compare }, past] = await Promise.all([readTenant(tenant), pastOf(turn, request)]);
    // Whether it may have the message is part of the decision.
    findPinned(agents, request.agentId);
    const input = routingInput(turn.request, past, { tenant, agents, rules, similarity: compare(request.message) });
    const load = { inFlight: deps.calls.inFlight, chance: deps.chance(), refused: await deps.breaker.refused(agents) };
    const answered = past.filter(({ status }) => status === 'answered');
    const unsure = { turn, agents, answered, deadlineAtMs: nowMs + DEFAULT_DEADLINE_MS };
    const { decision, reported } = await askSupervisor(unsure, { ...input, ...load });
    await reported;
    return decision;
  };
};
