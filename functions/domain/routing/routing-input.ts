import type { Health, RoutingCard } from '../contract/agent.ts';
import type { JsonObject } from '../contract/agent-protocol.ts';
import type { AgentId } from '../contract/ids.ts';
import type { Subject } from './intent/intent-reading.ts';
import type { CompiledRules } from './rules/compile-rules.ts';

/** An agent as routing sees it. */
export interface RoutableAgent {
  /** Whose it is: a tenant, or `global` for everybody's. */
  readonly owner: string;
  readonly definition: RoutingCard;
  readonly health: Health;
  /** Median duration of its recent calls, ms; null without any. Some minutes old. */
  readonly p50Ms: number | null;
  /** Share of its recent calls that failed, in [0, 1]; null without any. Some minutes old. */
  readonly errorRate: number | null;
}

/** Whom somebody other than the caller chose: the agent, or the role. */
export interface Named {
  /** `handoff`: an agent that had the turn before; `supervisor`: one that was asked to choose. */
  readonly by: 'handoff' | 'supervisor';
  readonly agentId?: AgentId | undefined;
  readonly role?: string | undefined;
  /** Ids of the agents that whoever chose may choose. @default all */
  readonly among?: ReadonlySet<string> | undefined;
}

/** All that a decision is made from, but for policy and model. */
export interface RoutingInput extends Omit<Subject, 'previousRole'> {
  /** Agent that the caller named: nobody else may answer. */
  readonly pinnedAgent?: AgentId | undefined;
  /** Goes before rules and model, not before a pin. */
  readonly named?: Named | undefined;
  /** Agents that answered in this conversation, newest first. */
  readonly previousAgents?: readonly string[] | undefined;
  /** Bytes (UTF-8) of the conversation so far. */
  readonly conversationBytes?: number | undefined;
  readonly contextData?: JsonObject | undefined;
  readonly userPreferences?: JsonObject | undefined;
  readonly agents: readonly RoutableAgent[];
  /** Roles whose agents may answer a user. @default those of this deployment's role table */
  readonly roles?: ReadonlySet<string> | undefined;
  /** The configured rules that hold for the tenant. */
  readonly rules?: CompiledRules | undefined;
  /** Whose message it is: some rules are for some tenants alone. */
  readonly tenant?: string | undefined;
  /** How much the message is like what an agent is for, calibrated, in [0, 1]; undefined where nothing tells. */
  readonly similarity?: ((agentId: string) => number | undefined) | undefined;
  /** Calls of the agent that this instance has begun and not ended. */
  readonly inFlight?: ((agent: RoutableAgent) => number) | undefined;
  /** In [0, 1), drawn by the caller: which of equal agents it is. @default 0 */
  readonly chance?: number | undefined;
  /** Agents that had the turn before: it does not come back to them. */
  readonly tried?: ReadonlySet<string> | undefined;
  /** Agents whose circuit breaker lets no call through. */
  readonly refused?: ReadonlySet<string> | undefined;
  /** Agents that operators took out. */
  readonly paused?: ReadonlySet<string> | undefined;
}
