import type { TenantId } from '../../domain/contract/ids.ts';
import {
  bucketAt,
  type CallVerdict,
  CIRCUIT_POLICY,
  type Circuit,
  CLOSED,
  observe,
  passage,
} from '../../domain/delivery/circuit.ts';
import type { AgentOwner, CallResult, CallTarget, CircuitStore, RoutableAgent, StoredCircuit } from '../agent-ports.ts';
import { storeSignal } from '../deadlines.ts';
import type { Clock, Log, Measure } from '../ports.ts';
import { makeCircuitCopies } from './circuit-copies.ts';
import { makeSuccessRuns } from './success-runs.ts';

export interface CircuitBreakerDependencies {
  readonly circuits: CircuitStore;
  readonly clock: Clock;
  readonly measure: Measure;
  readonly log: Log;
}

/** The right to call an agent once. */
export interface Pass {
  readonly owner: AgentOwner;
  readonly agentId: string;
  readonly callId: string;
  /** Of the agent, as all instances measured it; null if it is not known. */
  readonly errorRate: number | null;
  /** The half-open circuit that the call probes, as this instance wrote it; absent if the circuit is closed. */
  readonly probed?: { readonly circuit: Circuit; readonly mark: string };
}

/** How a call ended, and how long the agent had for it. */
export interface CallEnd {
  readonly kind: CallResult['kind'];
  readonly hadMs: number;
  /** What the agent asked for. */
  readonly timeoutMs: number;
}

const POLICY = CIRCUIT_POLICY;
const UNTOUCHED: StoredCircuit = { circuit: CLOSED, mark: null };

/** Nobody may open a circuit by giving an agent too little time. */
const verdictOf = ({ kind, hadMs, timeoutMs }: CallEnd): CallVerdict => {
  switch (kind) {
    case 'answered':
      return 'worked';
    case 'busy':
      return 'neutral';
    case 'timed_out':
      return hadMs >= Math.min(timeoutMs, POLICY.patienceMs) ? 'failed' : 'neutral';
    case 'failed':
    case 'rejected':
      return 'failed';
    default:
      return kind satisfies never;
  }
};

/** What an instance that has not seen the agent goes by: else every deployment would forget that the agent works. */
const assumedSuccesses = ({ errorRate }: Pass): number =>
  errorRate !== null && errorRate < POLICY.minFailureRatio ? POLICY.maxSuccessesBefore : 0;

/**
 * Keeps calls away from agents that keep failing; all instances share what they see. No method throws: where the store
 * cannot tell, what was known last stands. A call that works while its circuit is closed costs nothing; one that fails
 * costs one write and one read.
 */
export const makeCircuitBreaker = (deps: CircuitBreakerDependencies) => {
  const { circuits, clock, measure, log } = deps;
  const copies = makeCircuitCopies(deps);
  const runs = makeSuccessRuns(clock, POLICY);

  /** Writes a circuit's next state. @returns whether this instance did it */
  const change = async (
    { owner, agentId }: Pass,
    from: StoredCircuit,
    to: StoredCircuit & { mark: string },
    signal: AbortSignal,
  ): Promise<boolean> => {
    const isMine = await circuits.change(owner, agentId, from.mark, to, signal);
    if (isMine) copies.remember(owner, agentId, to);
    return isMine;
  };

  const countFailure = async (pass: Pass, successesBefore: number, signal: AbortSignal): Promise<void> => {
    const { owner, agentId, callId } = pass;
    const atMs = clock();
    const known = (await copies.last(owner)).get(agentId)?.circuit ?? CLOSED;
    // What is open cannot open again, and a bucket that is full says nothing new.
    if (known.kind !== 'closed') return;
    const bucket = known.samples.find((sample) => sample.atMs === bucketAt(atMs, POLICY));
    if ((bucket?.failures ?? 0) < POLICY.maxFailuresOfBucket)
      await circuits.recordFailure(owner, agentId, { id: callId, successesBefore, atMs }, signal);
    const stored = (await copies.now(owner)).get(agentId) ?? UNTOUCHED;
    const next = observe(stored.circuit, { kind: 'call_failed' }, clock(), POLICY);
    if (next === stored.circuit) return;
    if (!(await change(pass, stored, { circuit: next, mark: `${callId}:opened` }, signal))) return;
    measure('CircuitsOpened', 1);
    log.warn('circuit opened', { owner, agent_id: agentId });
  };

  const endProbe = async (pass: Pass, probed: StoredCircuit, verdict: CallVerdict, signal: AbortSignal) => {
    const event = { kind: 'probe_ended', probe: pass.callId, verdict } as const;
    const circuit = observe(probed.circuit, event, clock(), POLICY);
    const isMine = await change(pass, probed, { circuit, mark: `${pass.callId}:probed` }, signal);
    log.info('circuit probed', { owner: pass.owner, agent_id: pass.agentId, verdict, in_time: isMine });
  };

  const report = async (pass: Pass, verdict: CallVerdict): Promise<void> => {
    const agent = JSON.stringify([pass.owner, pass.agentId]);
    if (verdict === 'worked') runs.worked(agent);
    const seen = verdict === 'failed' ? runs.failed(agent) : undefined;
    // One for all of it: the turn's reply waits for the report.
    const signal = storeSignal();
    if (pass.probed !== undefined) return endProbe(pass, pass.probed, verdict, signal);
    if (verdict === 'failed') return countFailure(pass, seen ?? assumedSuccesses(pass), signal);
  };

  const reportSafely = (pass: Pass, verdict: CallVerdict): Promise<void> =>
    report(pass, verdict).catch((cause: unknown) => {
      log.warn('circuit not written', { owner: pass.owner, agent_id: pass.agentId, cause });
    });

  return {
    /** Reads the circuits of the agents that a tenant may use, if what is known of them is older than 2 s. */
    refresh: async (tenant: TenantId): Promise<void> => {
      await Promise.all([copies.known(tenant), copies.known('global')]);
    },

    /**
     * Ids of those agents that get no call now, by what the last `refresh` found: a decision reads nothing itself.
     * @param probes `none`: those that may be probed are among them
     */
    refused: async (agents: readonly CallTarget[], probes: 'allowed' | 'none' = 'allowed'): Promise<Set<string>> => {
      const owners = [...new Set(agents.map(({ owner }) => owner))];
      const known = new Map(await Promise.all(owners.map(async (owner) => [owner, await copies.last(owner)] as const)));
      const nowMs = clock();
      const isRefused = ({ owner, definition }: CallTarget): boolean => {
        const stored = known.get(owner)?.get(definition.agentId);
        const passes = stored === undefined ? 'call' : passage(stored.circuit, nowMs);
        return passes === 'none' || (passes === 'probe' && probes === 'none');
      };
      return new Set(agents.filter(isRefused).map(({ definition }) => definition.agentId));
    },

    /**
     * Asks whether an agent may be called: always while its circuit is closed; if it may be probed, for one caller.
     * Whoever gets a pass reports how the call ended, or withdraws.
     * @param callId no other call's; `untilMs`: when the call will be over, by this instance's clock
     */
    admit: async (agent: RoutableAgent, callId: string, untilMs: number): Promise<Pass | undefined> => {
      const { owner, definition, errorRate } = agent;
      const pass: Pass = { owner, agentId: definition.agentId, callId, errorRate };
      const stored = (await copies.last(owner)).get(pass.agentId) ?? UNTOUCHED;
      const nowMs = clock();
      if (passage(stored.circuit, nowMs) === 'call') return pass;
      const event = { kind: 'probe_begun', probe: callId, untilMs: untilMs + POLICY.probeMarginMs } as const;
      const circuit = observe(stored.circuit, event, nowMs, POLICY);
      if (circuit === stored.circuit || untilMs <= nowMs) return undefined;
      const probed = { circuit, mark: `${callId}:probe` };
      const isMine = await change(pass, stored, probed, storeSignal(untilMs - nowMs)).catch((cause: unknown) => {
        log.warn('no probe: the circuit cannot be written', { owner, agent_id: pass.agentId, cause });
        return false;
      });
      return isMine ? { ...pass, probed } : undefined;
    },

    /** Takes in how a call ended that was admitted. */
    report: (pass: Pass, end: CallEnd): Promise<void> => reportSafely(pass, verdictOf(end)),

    /** Gives back a pass whose call is not made. */
    withdraw: (pass: Pass): Promise<void> => reportSafely(pass, 'neutral'),
  };
};

export type CircuitBreaker = ReturnType<typeof makeCircuitBreaker>;
