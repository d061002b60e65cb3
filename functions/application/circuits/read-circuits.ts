import { shownState } from '../../domain/delivery/circuit.ts';
import type { CircuitStore, ReadCircuits } from '../agent-ports.ts';
import type { Clock } from '../ports.ts';

/** Says whose circuits are not closed, read at this moment. */
export const makeReadCircuits =
  ({ circuits, clock }: { readonly circuits: Pick<CircuitStore, 'read'>; readonly clock: Clock }): ReadCircuits =>
  async (owner, signal) => {
    const nowMs = clock();
    const stored = await circuits.read(owner, nowMs, 'eventual', signal);
    return new Map(
      [...stored].flatMap(([agentId, { circuit }]) => {
        const state = shownState(circuit, nowMs);
        return state === 'closed' ? [] : [[agentId, state] as const];
      }),
    );
  };
