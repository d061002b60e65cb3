import { makeSuccessRuns } from '../../functions/application/circuits/success-runs.ts';
import {
  type CallVerdict,
  CIRCUIT_POLICY,
  type Circuit,
  CLOSED,
  observe,
  passage,
} from '../../functions/domain/delivery/circuit.ts';
import type { RoutableAgent } from '../../functions/domain/routing/routing-input.ts';
import type { Circuits, SharedCircuits } from './shared-circuits.ts';

const POLICY = CIRCUIT_POLICY;

/** Copies of circuits are used this long, ms. */
const FRESH_MS = 2_000;

/** The right to call an agent once, with the circuit that the call probes. */
export interface Pass {
  readonly agent: RoutableAgent;
  readonly probed: Circuit | undefined;
  readonly callId: string;
}

/**
 * What one router instance knows by itself: its own open calls, and a copy of circuits. The rules of
 * `application/circuits/circuit-breaker.ts`, without its waiting: a store answers at once.
 */
export const makeRouterInstance = (shared: SharedCircuits, clock: () => number) => {
  const calls = new Map<string, number>();
  const copies = new Map<string, { readonly circuits: Circuits; readonly readAtMs: number }>();
  const runs = makeSuccessRuns(clock, POLICY);

  const circuitsOf = (tenant: string): Circuits => {
    const copy = copies.get(tenant);
    if (copy !== undefined && clock() - copy.readAtMs < FRESH_MS) return copy.circuits;
    const circuits = shared.read(tenant);
    copies.set(tenant, { circuits, readAtMs: clock() });
    return circuits;
  };

  const change = (tenant: string, agentId: string, from: Circuit, to: Circuit): boolean => {
    const isMine = shared.change(tenant, agentId, from, to);
    const copy = copies.get(tenant);
    if (isMine && copy !== undefined)
      copies.set(tenant, { ...copy, circuits: new Map(copy.circuits).set(agentId, to) });
    return isMine;
  };

  const report = ({ agent, probed, callId }: Pass, verdict: CallVerdict): void => {
    const { owner, definition } = agent;
    const { agentId } = definition;
    if (verdict === 'worked') runs.worked(agentId);
    const seen = verdict === 'failed' ? runs.failed(agentId) : undefined;
    if (probed !== undefined) {
      change(owner, agentId, probed, observe(probed, { kind: 'probe_ended', probe: callId, verdict }, clock(), POLICY));
      return;
    }
    if (verdict !== 'failed') return;
    const { errorRate } = agent;
    const works = errorRate !== null && errorRate < POLICY.minFailureRatio;
    shared.countFailure(owner, agentId, seen ?? (works ? POLICY.maxSuccessesBefore : 0), clock());
  };

  return {
    inFlight: ({ definition }: RoutableAgent): number => calls.get(definition.agentId) ?? 0,

    /** Ids of agents of a tenant that get no call now. */
    refused: (tenant: string): Set<string> => {
      const refused = new Set<string>();
      for (const [agentId, circuit] of circuitsOf(tenant))
        if (passage(circuit, clock()) === 'none') refused.add(agentId);
      return refused;
    },

    /** Takes the right to call, and to probe where that is due. @returns undefined if another instance probes */
    admit: (agent: RoutableAgent, callId: string, untilMs: number): Pass | undefined => {
      const { owner, definition } = agent;
      const circuit = circuitsOf(owner).get(definition.agentId) ?? CLOSED;
      if (passage(circuit, clock()) === 'call') return { agent, callId, probed: undefined };
      const event = { kind: 'probe_begun', probe: callId, untilMs: untilMs + POLICY.probeMarginMs } as const;
      const probed = observe(circuit, event, clock(), POLICY);
      const isMine = probed !== circuit && change(owner, definition.agentId, circuit, probed);
      return isMine ? { agent, callId, probed } : undefined;
    },

    begin: ({ agent }: Pass): void => {
      const { agentId } = agent.definition;
      calls.set(agentId, (calls.get(agentId) ?? 0) + 1);
    },

    end: (pass: Pass, verdict: CallVerdict): void => {
      const { agentId } = pass.agent.definition;
      const left = (calls.get(agentId) ?? 0) - 1;
      if (left > 0) calls.set(agentId, left);
      else calls.delete(agentId);
      report(pass, verdict);
    },
  };
};

export type RouterInstance = ReturnType<typeof makeRouterInstance>;
