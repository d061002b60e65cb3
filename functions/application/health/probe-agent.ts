import type { Health } from '../../domain/contract/agent.ts';
import { observeHealth } from '../../domain/health/health.ts';
import type { AgentCaller, AgentState, CallTarget } from '../agent-ports.ts';
import { elapsedMs } from '../deadlines.ts';
import type { Clock, Stopwatch } from '../ports.ts';

export interface ProbeAgentDependencies {
  readonly caller: Pick<AgentCaller, 'probe'>;
  readonly clock: Clock;
  readonly stopwatch: Stopwatch;
}

/** What one check found, and what is known of the agent with it. */
export interface Probed {
  readonly state: AgentState;
  /** Of this check alone. */
  readonly seen: Exclude<Health, 'unknown'>;
  /** Why the check failed, fit for whoever registers the agent; null if it did not. */
  readonly reason: string | null;
  /** What of the definition is at fault, if not the address. */
  readonly field?: 'credentials.secret' | undefined;
  /** What was behind it, for the log only. */
  readonly cause: unknown;
}

/** The longest that one agent's health check may take. */
const PROBE_TIMEOUT_MS = 5_000;

/** Checks one agent; stores nothing. Never throws for what the agent does. */
export const makeProbeAgent =
  ({ caller, clock, stopwatch }: ProbeAgentDependencies) =>
  async (target: CallTarget, known: AgentState): Promise<Probed> => {
    const startedMs = stopwatch();
    const result = await caller.probe(target, AbortSignal.timeout(PROBE_TIMEOUT_MS));
    const responseTimeMs = result.kind === 'replied' ? elapsedMs(stopwatch, startedMs) : null;
    const seen = result.kind === 'replied' ? result.reply.status : 'unhealthy';
    const nowMs = clock();
    const failure = result.kind === 'failed' ? result.reason : 'the agent says that it is unhealthy';
    const reason = seen === 'unhealthy' ? failure : null;
    const lastHealthyMs = seen === 'healthy' ? nowMs : known.lastHealthyMs;
    const state = {
      ...known,
      ...observeHealth(known, seen),
      reason,
      responseTimeMs,
      lastCheckMs: nowMs,
      lastHealthyMs,
    };
    const { field, cause } = result.kind === 'failed' ? result : {};
    return { state, seen, reason, field, cause };
  };

export type ProbeAgent = ReturnType<typeof makeProbeAgent>;
