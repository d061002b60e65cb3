import type { Decision } from '../domain/contract/decision.ts';
import { ConversationId } from '../domain/contract/ids.ts';
import type { RouteRequest } from '../domain/contract/message.ts';
import { decide } from '../domain/routing/decide.ts';
import { KEYWORD_POLICY } from '../domain/routing/keyword-policy.ts';
import { elapsedMs, storeSignal } from './deadlines.ts';
import type { Principal, Registry, Stopwatch, TurnStore } from './ports.ts';
import { checkPin, checkSize } from './route-message.ts';

export interface PreviewRouteDependencies {
  readonly turns: TurnStore;
  readonly registry: Registry;
  readonly stopwatch: Stopwatch;
}

/** Newest turns among which the last answer is looked for. */
const LOOK_BACK = 4;

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
            LOOK_BACK,
            storeSignal(),
          ),
    ]);
    checkPin(agents, request.agentId);
    const last = past.find(({ status }) => status === 'answered');
    const startedMs = deps.stopwatch();
    const decision = decide(
      {
        message: request.message,
        attachments: request.attachments ?? [],
        pinnedAgent: request.agentId,
        previousAgent: last?.agentId ?? undefined,
        agents,
      },
      KEYWORD_POLICY,
    );
    return { ...decision, tookMs: elapsedMs(deps.stopwatch, startedMs) };
  };
