import type { Decision } from '../../domain/contract/decision.ts';
import type { RoutingInput } from '../../domain/routing/decide.ts';
import type { PendingTurn } from '../../domain/turn/turn.ts';
import type { RoutableAgent } from '../agent-ports.ts';
import type { CircuitBreaker, Pass } from '../circuits/circuit-breaker.ts';
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

/**
 * Decides who is asked, past agents whose circuit lets no call through. Where it lets one call through, and another
 * delivery makes it, the decision is made again without that agent.
 */
export const makeChooseAgent =
  ({ breaker, clock, stopwatch }: ChooseAgentDependencies) =>
  async ({ turn, agents, deadlineAtMs }: Choosing, input: RoutingInput): Promise<Choice> => {
    const refused = await breaker.refused(agents);
    for (;;) {
      const decision = decideRoute({ ...input, refused }, stopwatch);
      const agent = agents.find(({ definition }) => definition.agentId === decision.targetAgent);
      if (agent === undefined) return { decision, chosen: undefined };
      const untilMs = Math.min(deadlineAtMs, clock() + agent.definition.timeoutSeconds * 1000);
      const callId = `${turn.key.turnId}:${turn.deliveryCount}`;
      const pass = await breaker.admit(agent, callId, untilMs);
      if (pass !== undefined) return { decision, chosen: { agent, pass } };
      refused.add(agent.definition.agentId);
    }
  };
