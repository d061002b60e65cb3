import type { AgentDefinition, Health, RoutingCard } from '../domain/contract/agent.ts';
import type { AgentAnswer, AgentRequest, HealthReply } from '../domain/contract/agent-protocol.ts';
import type { TenantId } from '../domain/contract/ids.ts';
import type { Circuit } from '../domain/delivery/circuit.ts';
import type { MinuteOfCalls } from '../domain/health/minutes.ts';

/** Whose an agent is; `global`: every tenant's. */
export type AgentOwner = TenantId | 'global';

/** What is known of an agent's health, from checks alone. */
export interface AgentHealth {
  readonly health: Health;
  /** Results in a row that contradict `health`: the second changes it. */
  readonly contrary: number;
  /** Why the newest check failed, in words of our own; null if it did not. */
  readonly reason: string | null;
  readonly responseTimeMs: number | null;
  readonly lastCheckMs: number | null;
  readonly lastHealthyMs: number | null;
  /** Checks that were counted, and those of them that found the agent healthy or degraded. */
  readonly checks: number;
  readonly passed: number;
}

/** What the monitor keeps of an agent: small, written at every run. */
export interface AgentState extends AgentHealth {
  /** The newest 15 minutes with calls, oldest first. */
  readonly minutes: readonly MinuteOfCalls[];
}

/** An agent as routing sees it. At most 5 s old; figures of performance at most some minutes. */
export interface RoutableAgent {
  readonly owner: AgentOwner;
  readonly definition: RoutingCard;
  /** Grows by one with every change of the definition. */
  readonly version: number;
  readonly health: Health;
  /** Of the last 15 minutes' calls; null without any. */
  readonly p50Ms: number | null;
  readonly errorRate: number | null;
}

/** An agent as the monitor sees it. */
export interface MonitoredAgent {
  readonly owner: AgentOwner;
  readonly card: RoutingCard;
  readonly version: number;
  readonly state: AgentState;
  /** When its last turn is over, ms since the epoch; null unless it was deregistered. */
  readonly drainingUntilMs: number | null;
}

/** The whole record of an agent. */
export interface RegisteredAgent {
  readonly owner: AgentOwner;
  readonly definition: AgentDefinition;
  readonly version: number;
  /** When this id was registered, ms since the epoch; 0 if that was not written down. A version names one state with it alone. */
  readonly createdAtMs: number;
  readonly state: AgentState;
  readonly drainingUntilMs: number | null;
}

/** Agents that a tenant may use: its own and the global ones, without those that drain. At most 5 s old. */
export interface Registry {
  agents(tenant: TenantId, signal: AbortSignal): Promise<readonly RoutableAgent[]>;
}

/**
 * The registry's own records. All methods throw Failure STORE_UNAVAILABLE when the store cannot tell. What changes
 * which agents get turns (`put`, `drain`, `publish`) is seen by every router within 5 s after it returned.
 */
export interface AgentStore {
  /** Read consistently. */
  get(owner: AgentOwner, agentId: string, signal: AbortSignal): Promise<RegisteredAgent | undefined>;
  /** All agents of one owner, those that drain included, by id. Read consistently. */
  ofOwner(owner: AgentOwner, signal: AbortSignal): Promise<readonly RegisteredAgent[]>;
  /**
   * Writes a definition if its version is still `expectedVersion` (0: there is none), with its profile made anew. An agent
   * that drained does so no longer.
   * @param state what is known of the agent from now on; undefined: what was known stays as it is
   * @returns the new version, or undefined if another writer was first
   */
  put(
    owner: AgentOwner,
    definition: AgentDefinition,
    state: AgentState | undefined,
    expectedVersion: number,
    signal: AbortSignal,
  ): Promise<number | undefined>;
  /**
   * Takes an agent of that version out of routing; it stays on record until `untilMs`. Of one that drains already
   * routers are told again.
   * @returns the new version, or undefined if another writer was first
   */
  drain(
    owner: AgentOwner,
    agentId: string,
    expectedVersion: number,
    untilMs: number,
    signal: AbortSignal,
  ): Promise<number | undefined>;
  /**
   * Removes the record of an agent that drains, if its version is still `version`. Routers are told first: while they
   * cannot be, the record stays.
   * @returns whether it is gone
   */
  remove(owner: AgentOwner, agentId: string, version: number, signal: AbortSignal): Promise<boolean>;
  /** Every agent of every tenant. Eventually consistent. */
  all(signal: AbortSignal): Promise<readonly MonitoredAgent[]>;
  /**
   * Overwrites what is known of an agent's health and performance; without effect if there is no such agent, or if its
   * definition was put anew since `version`, the one that was checked.
   * @returns whether it took effect
   */
  recordState(
    owner: AgentOwner,
    agentId: string,
    version: number,
    state: AgentState,
    signal: AbortSignal,
  ): Promise<boolean>;
  /**
   * Brings what routers see of one owner's agents in line with `agents`, all of them as `all` gave them with states as
   * they are now; repairs what a writer that died left unpublished. Newer versions than those in `agents` are kept.
   */
  publish(owner: AgentOwner, agents: readonly MonitoredAgent[], signal: AbortSignal): Promise<void>;
}

/** Makes profiles: what messages are compared with, of agents' examples and descriptions. */
export interface ProfileMaker {
  /** Of the profiles that it makes; those of another version cannot be compared with messages. */
  version(): number;
  /** Takes some milliseconds for each example. @returns undefined where they say nothing */
  make(definition: Pick<AgentDefinition, 'description' | 'examples'>): string | undefined;
}

/** Profiles on record. */
export interface ProfileStore {
  /**
   * The profiles that these agents' cards name, by that name; eventually consistent: one that was just made may be missing.
   * @throws Failure STORE_UNAVAILABLE
   */
  read(agents: readonly RoutableAgent[], signal: AbortSignal): Promise<ReadonlyMap<string, string>>;
}

/** What one router counted of its calls of one agent since its last flush. */
export interface CallMeasurement extends Omit<MinuteOfCalls, 'minute'> {
  readonly owner: AgentOwner;
  readonly agentId: string;
}

/** Where routers leave what they counted and the monitor finds it. Eventually consistent; kept for some minutes. */
export interface MeasurementStore {
  /** @param instance which router; `atMs`: when, which says the minute that the batch counts for */
  write(instance: string, batch: readonly CallMeasurement[], atMs: number, signal: AbortSignal): Promise<void>;
  /** Everything that was written for a minute (since the epoch). */
  read(minute: number, signal: AbortSignal): Promise<readonly CallMeasurement[]>;
}

/** Whom to call, and for whom: secrets belong to the agent's owner. */
export type CallTarget = Pick<RoutableAgent, 'owner' | 'definition'>;

/** How a call of an agent ended. Expected outcomes are values; `cause` is for the log only. */
export type CallResult =
  | { readonly kind: 'answered'; readonly answer: AgentAnswer }
  | { readonly kind: 'timed_out' }
  /** It said that it has too much to do: not a fault. */
  | { readonly kind: 'busy'; readonly reason: string; readonly cause: unknown }
  /** It was not called or did not do the work: unreachable, not permitted. */
  | { readonly kind: 'rejected'; readonly reason: string; readonly cause: unknown }
  /** It ran and failed, or what it answered is not an answer. */
  | { readonly kind: 'failed'; readonly reason: string; readonly cause: unknown };

/**
 * How a health check ended; `reason` is fit for whoever registers the agent, `cause` for the log only. `field` is what of
 * the definition is at fault, if not the address.
 */
export type ProbeResult =
  | { readonly kind: 'replied'; readonly reply: HealthReply }
  | {
      readonly kind: 'failed';
      readonly reason: string;
      readonly cause: unknown;
      readonly field?: 'credentials.secret';
    };

/** Calls an agent where its definition says. Never throws for what the agent does; stops at `signal`. */
export interface AgentCaller {
  call(target: CallTarget, request: AgentRequest, signal: AbortSignal): Promise<CallResult>;
  probe(target: CallTarget, signal: AbortSignal): Promise<ProbeResult>;
}

/** Says whether an agent may be registered at a URL. @returns what is wrong with it; undefined if nothing is */
export type EndpointCheck = (url: string, signal: AbortSignal) => Promise<string | undefined>;

/** Counts calls of agents in this instance's memory and leaves them for the monitor, some at a time. */
export interface CallMeter {
  count(
    agent: Pick<CallTarget, 'owner'> & { readonly agentId: string },
    outcome: CallResult['kind'],
    tookMs: number,
  ): void;
  /** Writes what was counted, when it is time. Never throws: what cannot be written is counted again later. */
  flush(): Promise<void>;
}

/** A circuit as it is stored. `mark` names the write that brought it there; null if there was none yet. */
export interface StoredCircuit {
  readonly circuit: Circuit;
  readonly mark: string | null;
}

/** One call of an agent that failed. `id` is the call's own; `successesBefore` as in FailureSample. */
export interface FailedCall {
  readonly id: string;
  readonly successesBefore: number;
  readonly atMs: number;
}

/** The circuits of one owner's agents, by agent id; those that are closed and have no recent failures may be absent. */
export type CircuitsOfOwner = ReadonlyMap<string, StoredCircuit>;

/** Circuit breakers as all instances share them. All methods throw Failure STORE_UNAVAILABLE when the store cannot tell. */
export interface CircuitStore {
  read(
    owner: AgentOwner,
    nowMs: number,
    consistency: 'eventual' | 'strong',
    signal: AbortSignal,
  ): Promise<CircuitsOfOwner>;
  /** Counts a failed call in the bucket of its time: once, however often it is sent. A bucket that is full stays as it is. */
  recordFailure(owner: AgentOwner, agentId: string, call: FailedCall, signal: AbortSignal): Promise<void>;
  /**
   * Puts `next` in place of the circuit with the mark `expected`; `mark` is new with every write. Samples are not part
   * of it: `recordFailure` alone adds to them.
   * @returns false if another write was first
   */
  change(
    owner: AgentOwner,
    agentId: string,
    expected: string | null,
    next: StoredCircuit & { readonly mark: string },
    signal: AbortSignal,
  ): Promise<boolean>;
}

/** Which of an owner's agents have a circuit that is not closed, as people are shown it. @throws Failure STORE_UNAVAILABLE */
export type ReadCircuits = (
  owner: AgentOwner,
  signal: AbortSignal,
) => Promise<ReadonlyMap<string, 'open' | 'half_open'>>;
