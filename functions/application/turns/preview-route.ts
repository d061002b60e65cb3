import type { Decision } from '../../domain/contract/decision.ts';
import { ConversationId } from '../../domain/contract/ids.ts';
import type { RouteRequest } from '../../domain/contract/message.ts';
import type { Registry } from '../agent-ports.ts';
import type { CircuitBreaker } from '../circuits/circuit-breaker.ts';
import { storeSignal } from '../deadlines.ts';
import type { Principal, Stopwatch, TurnStore } from '../ports.ts';
import { findPinned } from './check-pin.ts';
import { decideRoute, PAST_TURNS, routingInput } from './decide-route.ts';
import { checkSize } from './route-message.ts';

export interface PreviewRouteDependencies {
  readonly turns: TurnStore;
  readonly registry: Registry;
  readonly breaker: Pick<CircuitBreaker, 'refresh' | 'refused'>;
  readonly stopwatch: Stopwatch;
}

/**
 * Says which agent would get a message and why; sends and stores nothing.
 * @throws Failure MESSAGE_TOO_LARGE, AGENT_NOT_FOUND, STORE_UNAVAILABLE
 */
export const makePreviewRoute =
  (deps: PreviewRouteDependencies) =>
  async ({ tenant, userId }: Principal, request: RouteRequest): Promise<Decision> => {
    checkSize(request);
    const { conversationId } = request;
    const [agents, past] = await Promise.all([
      deps.registry.agents(tenant, storeSignal()),
      conversationId === undefined
        ? []
        : deps.turns.newest(
            { tenant, userId, conversationId: ConversationId.parse(conversationId) },
            PAST_TURNS,
            storeSignal(),
          ),
      deps.breaker.refresh(tenant),
    ]);
    // Whether it may have the message is part of the decision.
    findPinned(agents, request.agentId);
    const { message, attachments = [], agentId: pinnedAgent } = request;
    const input = routingInput({ message, attachments, pinnedAgent }, past, agents);
    return decideRoute({ ...input, refused: await deps.breaker.refused(agents) }, deps.stopwatch);
  };
