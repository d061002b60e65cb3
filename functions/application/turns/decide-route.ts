import type { Decision } from '../../domain/contract/decision.ts';
import { decide, type RoutingInput } from '../../domain/routing/decide.ts';
import { KEYWORD_POLICY } from '../../domain/routing/keyword-policy.ts';
import type { TurnRequest } from '../../domain/turn/turn.ts';
import type { RoutableAgent } from '../agent-ports.ts';
import { elapsedMs } from '../deadlines.ts';
import type { PastTurn, Stopwatch } from '../ports.ts';

/** Newest turns that routing and window look at; more than a window holds, since open turns among them do not count. */
export const PAST_TURNS = 12;

/** What a message is routed by; `past` are the turns before it, newest first. */
export const routingInput = (
  { message, attachments, pinnedAgent }: Pick<TurnRequest, 'message' | 'attachments' | 'pinnedAgent'>,
  past: readonly PastTurn[],
  agents: readonly RoutableAgent[],
): RoutingInput => ({
  message,
  attachments,
  pinnedAgent,
  previousAgent: past.find(({ status, agentId }) => status === 'answered' && agentId !== null)?.agentId ?? undefined,
  agents,
});

/** Decides by the built-in routing, and says how long it took. */
export const decideRoute = (input: RoutingInput, stopwatch: Stopwatch): Decision => {
  const startedMs = stopwatch();
  const decision = decide(input, KEYWORD_POLICY);
  return { ...decision, tookMs: elapsedMs(stopwatch, startedMs) };
};
