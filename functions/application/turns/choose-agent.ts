import type { Decision } from '../../domain/contract/decision.ts';
import type { RoutingInput } from '../../domain/routing/decide.ts';
import type { PendingTurn } from '../../domain/turn/turn.ts';
import type { RoutableAgent } from '../agent-ports.ts';
import type { CircuitBreaker, Pass } from '../circuits/circuit-breaker.ts';
import { STORE_TIMEOUT_MS } from '../deadlines.ts';
import type { Clock, Stopwatch } from '../ports.ts';
import { decideRoute } from './decide-route.ts';

export interface ChooseAgentDependencies {
  readonly breaker: CircuitBreaker;
  readonly clock: Clock;
  readonly stopwatch: Stopwatch;
}

/** An agent that will be called, and the right to. */
export interface Chosen {
  readonly agent: RoutableAgent;
  readonly pass: Pass;
}

export interface Choice {
  readonly decision: Decision;
  /** Undefined if the message is out of scope or nobody can take it. */
  readonly chosen: Chosen | undefined;
}

/** What one delivery chooses for. */
export interface Choosing {
  readonly turn: PendingTurn;
  readonly agents: readonly RoutableAgent[];
  /** When the answer must be there, by this instance's clock. */
  readonly deadlineAtMs: number;
}

/** The longest that a call may begin after its choice, ms: the probe's lease is written and the history read first. */
const PREPARING_MS = 2 * STORE_TIMEOUT_MS;

/** After this time, ms, no other agent is probed: the store is slow, and each try may take as long as a call of it. */
const PROBING_MS = 1_000;

/**
 * Decides who is asked, past agents whose circuit lets no call through. Where it lets one call through, and another
 * delivery makes it, the decision is made again without that agent. Waits for the store no longer than the deadline.
 */
export const makeChooseAgent =
  ({ breaker, clock, stopwatch }: ChooseAgentDependencies) =>
  async ({ turn, agents, deadlineAtMs }: Choosing, input: RoutingInput): Promise<Choice> => {
    const refused = await breaker.refused(agents);
    const probingUntilMs = clock() + PROBING_MS;
    for (;;) {
      const decision = decideRoute({ ...input, refused }, stopwatch);
      const agent = agents.find(({ definition }) => definition.agentId === decision.targetAgent);
      if (agent === undefined) return { decision, chosen: undefined };
      const callMs = PREPARING_MS + agent.definition.timeoutSeconds * 1000;
      const untilMs = Math.min(deadlineAtMs, clock() + callMs);
      const callId = `${turn.key.turnId}:${turn.deliveryCount}`;
      const pass = await breaker.admit(agent, callId, untilMs);
      if (pass !== undefined) return { decision, chosen: { agent, pass } };
      refused.add(agent.definition.agentId);
      if (clock() < Math.min(probingUntilMs, deadlineAtMs)) continue;
      for (const agentId of await breaker.refused(agents, 'none')) refused.add(agentId);
    }
  };
