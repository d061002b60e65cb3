import type { AttemptId, ConversationId, TenantId, TurnId, UserId } from '../domain/contract/ids.ts';
import type { Attempt } from '../domain/contract/message.ts';
import type { MetricName } from '../domain/contract/metrics.ts';
import type { RoutingRule } from '../domain/contract/routing-rules.ts';
import type { CompiledRules } from '../domain/routing/rules/compile-rules.ts';
import type { ConversationKey, DeliveryFailure, Outcome, PendingTurn, Turn, TurnKey } from '../domain/turn/turn.ts';
import type { AgentOwner } from './agent-ports.ts';

/** Milliseconds since the epoch, by this instance's clock: other instances' may differ by ± 2 s. */
export type Clock = () => number;

/** Milliseconds since some moment, never going back: for durations. */
export type Stopwatch = () => number;

/** Who calls, from the token alone. */
export interface Principal {
  readonly tenant: TenantId;
  readonly userId: UserId;
  readonly scopes: ReadonlySet<string>;
}

/** A turn of a conversation's past, cheap to look at: large texts are read only when asked for. */
export interface PastTurn {
  readonly turnId: TurnId;
  readonly status: Turn['status'];
  /** Bytes (UTF-8) of message and answer together. */
  readonly bytes: number;
  /** Who answered; null for Switchboard itself or when nobody did. */
  readonly agentId: string | null;
  /** The whole turn. @throws Failure STORE_UNAVAILABLE */
  read(signal: AbortSignal): Promise<Turn>;
}

/** A page of a list; `next` continues it, absent on the last page. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next?: string | undefined;
}

/**
 * Turns, each in exactly one state. Every write is conditional on the state it starts from; a write whose fate is
 * unknown is resolved by a consistent read. All methods throw Failure STORE_UNAVAILABLE when the store cannot tell.
 */
export interface TurnStore {
  /** Stores a new turn, large texts first, and shows its conversation in its owner's list. Idempotent by turn id. */
  accept(turn: PendingTurn, signal: AbortSignal): Promise<void>;
  /** Takes back a turn that was accepted and of which nobody has heard yet. */
  withdraw(turn: PendingTurn, signal: AbortSignal): Promise<void>;
  /** The newest turns, newest first, read consistently; with `upTo`, those up to and including that id. */
  newest(
    conversation: ConversationKey,
    limit: number,
    signal: AbortSignal,
    upTo?: TurnId,
  ): Promise<readonly PastTurn[]>;
  /** One turn, read consistently. */
  get(key: TurnKey, signal: AbortSignal): Promise<Turn | undefined>;
  /** A page of a conversation's turns, newest first. @throws Failure INVALID_REQUEST if no page gave `cursor` */
  list(conversation: ConversationKey, limit: number, signal: AbortSignal, cursor?: string): Promise<Page<Turn>>;
  /**
   * Leases a pending turn whose lease is over and whose time has come to `attemptId` and counts the delivery.
   * @returns the leased turn; or the turn as it is, when it cannot be claimed now; undefined if there is none
   */
  claim(
    key: TurnKey,
    lease: { attemptId: AttemptId; untilMs: number },
    nowMs: number,
    signal: AbortSignal,
  ): Promise<Claim>;
  /**
   * `pending → answered`, while the lease is still `attemptId`'s.
   * @returns the turn as stored afterwards, whoever settled it
   */
  answer(
    turn: PendingTurn,
    attemptId: AttemptId,
    outcome: Outcome,
    attempts: readonly Attempt[],
    nowMs: number,
    signal: AbortSignal,
  ): Promise<Turn>;
  /** Gives the lease back: the turn waits until `nextAttemptAtMs`. @returns the turn as stored afterwards */
  postpone(
    turn: PendingTurn,
    attemptId: AttemptId,
    next: { atMs: number; reason: DeliveryFailure; attempts: readonly Attempt[] },
    signal: AbortSignal,
  ): Promise<Turn>;
  /** `pending → undeliverable`, while the lease is still `attemptId`'s. @returns the turn as stored afterwards */
  abandon(
    turn: PendingTurn,
    attemptId: AttemptId,
    end: { reason: DeliveryFailure; attempts: readonly Attempt[]; nowMs: number },
    signal: AbortSignal,
  ): Promise<Turn>;
}

export type Claim =
  | { readonly kind: 'claimed'; readonly turn: PendingTurn }
  | { readonly kind: 'not_due'; readonly dueAtMs: number }
  | { readonly kind: 'settled' }
  | { readonly kind: 'unknown' };

/** Finds turns that nobody works on. Eventually consistent: what it finds must be read again before it is touched. */
export interface OpenTurns {
  /**
   * Keys of pending turns whose lease or waiting time ended before `beforeMs`, oldest first within a shard.
   * An entry or a shard that cannot be read holds up no other: its fault is thrown at the end.
   */
  overdue(beforeMs: number, signal: AbortSignal): AsyncIterable<TurnKey>;
  /**
   * Takes the lease of an overdue pending turn away and keeps it from being found again before `hiddenUntilMs`.
   * @returns false when the turn is no longer overdue
   */
  release(key: TurnKey, nowMs: number, hiddenUntilMs: number, signal: AbortSignal): Promise<boolean>;
  /** Conversations of a tenant with a pending turn; approximate, at most 1,000 entries of each shard are looked at. */
  activeConversations(tenant: TenantId, signal: AbortSignal): Promise<number>;
}

export interface ConversationHead {
  readonly conversationId: ConversationId;
  readonly title: string;
  readonly createdAtMs: number;
  readonly lastActivityAtMs: number;
}

export interface ConversationStore {
  /**
   * A user's conversations, newest activity first. Eventually consistent.
   * @throws Failure INVALID_REQUEST if no page gave `cursor`
   */
  list(
    owner: { tenant: TenantId; userId: UserId },
    limit: number,
    signal: AbortSignal,
    cursor?: string,
  ): Promise<Page<ConversationHead>>;
  /** Read consistently. */
  head(conversation: ConversationKey, signal: AbortSignal): Promise<ConversationHead | undefined>;
}

/** Carries turns' ids, never content, to the worker. At least once, in any order. */
export interface UndeliveredQueue {
  send(key: TurnKey, delayMs: number, signal: AbortSignal): Promise<void>;
}

export type Measure = (metric: MetricName, value: number) => void;

/** Structured log lines: ids and reasons, never message content. */
export interface Log {
  info(message: string, fields?: Record<string, unknown>): void;
  warn(message: string, fields?: Record<string, unknown>): void;
  error(message: string, fields?: Record<string, unknown>): void;
}

/** The routing rules of one owner. */
export interface RulesOnRecord {
  readonly rules: readonly RoutingRule[];
  /** Names of those that another version wrote and this one cannot read. */
  readonly unreadable: readonly string[];
  /** Grows by one with every change; 0: there never were any. */
  readonly version: number;
  /** When they were written, ms since the epoch. A version names one state with it alone. */
  readonly writtenAtMs: number;
}

/** Routing rules on record. All methods throw Failure STORE_UNAVAILABLE when the store cannot tell. */
export interface RuleStore {
  /** Read consistently. */
  get(owner: AgentOwner, signal: AbortSignal): Promise<RulesOnRecord>;
  /**
   * Puts rules in the place of those of version `expectedVersion`; every router follows them within 5 s after it returned.
   * @returns what is then on record; undefined if another writer was first
   */
  put(
    owner: AgentOwner,
    rules: readonly RoutingRule[],
    expectedVersion: number,
    signal: AbortSignal,
  ): Promise<RulesOnRecord | undefined>;
}

/** The rules that route a tenant's messages: its own, those of all tenants and the phrases of roles. At most 5 s old. */
export interface TenantRules {
  rules(tenant: TenantId, signal: AbortSignal): Promise<CompiledRules>;
}
