import type { Decision } from '../../domain/contract/decision.ts';
import { decide } from '../../domain/routing/decide.ts';
import type { ReadIntent } from '../../domain/routing/intent/intent-reading.ts';
import type { RoutingInput } from '../../domain/routing/routing-input.ts';
import type { RoutingPolicy } from '../../domain/routing/scoring/policy.ts';
import { elapsedMs } from '../deadlines.ts';
import type { PastTurn, Stopwatch } from '../ports.ts';

/** Newest turns that routing and window look at; more than a window holds, since open turns among them do not count. */
export const PAST_TURNS = 12;

/** What decisions are made by. */
export interface RoutingDependencies {
  readonly readIntent: ReadIntent;
  readonly routingPolicy: RoutingPolicy;
  readonly stopwatch: Stopwatch;
}

export interface DecidedRoute {
  readonly decision: Decision;
  /** Whether a supervisor should be asked. */
  readonly unsure: boolean;
}

/** What a message itself is routed by. */
type Routed = Pick<RoutingInput, 'message' | 'attachments' | 'contextData' | 'userPreferences' | 'pinnedAgent'>;

/** What a message is routed by; `past` are the turns before it, newest first. */
export const routingInput = (
  { message, attachments, contextData, userPreferences, pinnedAgent }: Routed,
  past: readonly PastTurn[],
  among: Pick<RoutingInput, 'tenant' | 'agents' | 'rules' | 'similarity'>,
): RoutingInput => ({
  message,
  attachments,
  contextData,
  userPreferences,
  pinnedAgent,
  previousAgents: past.flatMap(({ status, agentId }) => (status === 'answered' && agentId !== null ? [agentId] : [])),
  conversationBytes: past.reduce((sum, { bytes }) => sum + bytes, 0),
  ...among,
});

/** Decides by the built-in routing, and says how long it took and whether a supervisor should be asked. */
export const decideRoute = (
  input: RoutingInput,
  { readIntent, routingPolicy, stopwatch }: RoutingDependencies,
): DecidedRoute => {
  const startedMs = stopwatch();
  const { decision, unsure } = decide(input, routingPolicy, readIntent);
  return { decision: { ...decision, tookMs: elapsedMs(stopwatch, startedMs) }, unsure };
};
