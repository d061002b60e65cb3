import type { Attachment, JsonObject } from '../contract/agent-protocol.ts';
import type { Decision } from '../contract/decision.ts';
import type { AgentId, AttemptId, ConversationId, TenantId, TurnId, UserId } from '../contract/ids.ts';
import type { Answer, Attempt, WindowReceipt } from '../contract/message.ts';

/** Whose conversation it is: the three parts together, never one alone, name it. */
export interface ConversationKey {
  readonly tenant: TenantId;
  readonly userId: UserId;
  readonly conversationId: ConversationId;
}

export interface TurnKey extends ConversationKey {
  readonly turnId: TurnId;
}

/** What the caller asked, kept as it came so that a later delivery can ask again. */
export interface TurnRequest {
  readonly message: string;
  readonly attachments: readonly Attachment[];
  readonly contextData: JsonObject;
  readonly userPreferences: JsonObject;
  readonly pinnedAgent?: AgentId | undefined;
}

/** The right to deliver a turn, until it runs out. */
export interface Lease {
  readonly attemptId: AttemptId;
  readonly untilMs: number;
}

/** Why a delivery ended without an answer. `INTERRUPTED`: whoever held the lease vanished. */
export type DeliveryFailure =
  | 'NO_AGENT_AVAILABLE'
  | 'AGENT_FAILED'
  | 'DEADLINE_EXCEEDED'
  | 'STORE_UNAVAILABLE'
  | 'INTERRUPTED';

/** What a delivery that succeeded records. */
export interface Outcome {
  readonly answer: Answer;
  readonly decision: Decision;
  readonly receipt: WindowReceipt;
}

interface TurnBase {
  readonly key: TurnKey;
  readonly request: TurnRequest;
  readonly createdAtMs: number;
  /** Deliveries begun so far; the caller's own request is the first. */
  readonly deliveryCount: number;
  readonly attempts: readonly Attempt[];
}

export interface PendingTurn extends TurnBase {
  readonly status: 'pending';
  /** Absent while the turn waits for its next delivery. */
  readonly lease?: Lease | undefined;
  /** Not to be delivered before this time. */
  readonly nextAttemptAtMs: number;
  /** Why the last delivery failed. */
  readonly reason?: DeliveryFailure | undefined;
}

export interface AnsweredTurn extends TurnBase, Outcome {
  readonly status: 'answered';
  readonly answeredBy: AttemptId;
  readonly endedAtMs: number;
}

export interface AbandonedTurn extends TurnBase {
  readonly status: 'undeliverable' | 'cancelled';
  readonly reason: DeliveryFailure;
  readonly endedAtMs: number;
}

/**
 * One user message and what became of it: `pending` until exactly one of `answered`, `undeliverable`, `cancelled`.
 * An answered turn never changes.
 */
export type Turn = PendingTurn | AnsweredTurn | AbandonedTurn;
