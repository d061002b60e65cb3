import type { Decision } from '../../domain/contract/decision.ts';
import type { RoutingInput } from '../../domain/routing/routing-input.ts';
import type { PendingTurn } from '../../domain/turn/turn.ts';
import type { RoutableAgent } from '../agent-ports.ts';
import type { Pass } from '../circuits/circuit-breaker.ts';
import { STORE_TIMEOUT_MS } from '../deadlines.ts';
import type { PastTurn } from '../ports.ts';
import { type AskSupervisorDependencies, makeAskSupervisor } from './ask-supervisor.ts';

export type ChooseAgentDependencies = AskSupervisorDependencies;

/** An agent that will be called, and the right to. */
export interface Chosen {
  readonly agent: RoutableAgent;
  readonly pass: Pass;
}

export interface Choice {
  readonly decision: Decision;
  /** Undefined if the message is out of scope or nobody can take it. */
  readonly chosen: Chosen | undefined;
  /** Settles when the circuit breaker has taken in what it must of supervisors; never rejects. */
  readonly reported: Promise<unknown>;
}

/** What one delivery chooses for. */
export interface Choosing {
  readonly turn: PendingTurn;
  readonly agents: readonly RoutableAgent[];
  /** The conversation's answered turns before this one, newest first: a supervisor sees some. @default none */
  readonly answered?: readonly PastTurn[];
  /** When the answer must be there, by this instance's clock. */
  readonly deadlineAtMs: number;
}

/** The longest that a call may begin after its choice, ms: the probe's lease is written and the history read first. */
const PREPARING_MS = 2 * STORE_TIMEOUT_MS;

/** After this time, ms, no other agent is probed: the store is slow, and each try may take as long as a call of it. */
const PROBING_MS = 1_000;

/**
 * Decides who is asked, past agents whose circuit lets no call through; a supervisor is asked where the built-in routing is
 * unsure. Where a circuit lets one call through, and another delivery makes it, the decision is made again without that
 * agent, by the same word of the supervisor. Waits for the store no longer than the deadline.
 */
export const makeChooseAgent = (deps: ChooseAgentDependencies) => {
  const { breaker, calls, clock } = deps;
  const askSupervisor = makeAskSupervisor(deps);
  return async (choosing: Choosing, input: RoutingInput): Promise<Choice> => {
    const { turn, agents, deadlineAtMs } = choosing;
    const refused = await breaker.refused(agents);
    const seen = { ...input, inFlight: calls.inFlight, chance: deps.chance(), refused };
    const { decision: first, again, reported } = await askSupervisor(choosing, seen);
    const probingUntilMs = clock() + PROBING_MS;
    for (let decision = first; ; decision = again()) {
      const agent = agents.find(({ definition }) => definition.agentId === decision.targetAgent);
      if (agent === undefined) return { decision, chosen: undefined, reported };
      const callMs = PREPARING_MS + agent.definition.timeoutSeconds * 1000;
      const untilMs = Math.min(deadlineAtMs, clock() + callMs);
      const callId = `${turn.key.turnId}:${turn.deliveryCount}`;
      const pass = await breaker.admit(agent, callId, untilMs);
      if (pass !== undefined) return { decision, chosen: { agent, pass }, reported };
      refused.add(agent.definition.agentId);
      if (clock() < Math.min(probingUntilMs, deadlineAtMs)) continue;
      for (const agentId of await breaker.refused(agents, 'none')) refused.add(agentId);
    }
  };
};
