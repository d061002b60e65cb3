import type { AgentOwner, CircuitStore, CircuitsOfOwner, StoredCircuit } from '../agent-ports.ts';
import type { Clock, Log } from '../ports.ts';

/** Copies are used this long, ms. */
const FRESH_MS = 2_000;

/** A turn does not wait longer for circuits: what was known last stands. */
const READ_TIMEOUT_MS = 1_000;

/** Copies of different owners that one instance keeps. */
const MAX_OWNERS = 256;

const NONE: CircuitsOfOwner = new Map();

interface Copy {
  readonly circuits: Promise<CircuitsOfOwner>;
  readonly readAtMs: number;
}

export interface CircuitCopiesDependencies {
  readonly circuits: Pick<CircuitStore, 'read'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** What this instance knows of circuits. No method throws: where the store cannot tell, the last copy stands. */
export const makeCircuitCopies = ({ circuits, clock, log }: CircuitCopiesDependencies) => {
  const copies = new Map<AgentOwner, Copy>();

  const keep = (owner: AgentOwner, copy: Copy): void => {
    copies.delete(owner);
    copies.set(owner, copy);
    const oldest = copies.keys().next().value;
    if (copies.size > MAX_OWNERS && oldest !== undefined) copies.delete(oldest);
  };

  const read = (owner: AgentOwner, consistency: 'eventual' | 'strong'): Promise<CircuitsOfOwner> => {
    const last = copies.get(owner)?.circuits ?? Promise.resolve(NONE);
    const readAtMs = clock();
    const signal = AbortSignal.timeout(READ_TIMEOUT_MS);
    const read = circuits.read(owner, readAtMs, consistency, signal).catch((cause: unknown) => {
      log.warn('circuits not readable; the last copy stands', { owner, cause });
      return last;
    });
    keep(owner, { circuits: read, readAtMs });
    return read;
  };

  return {
    /** The circuits of an owner as they were at most 2 s ago. */
    known: (owner: AgentOwner): Promise<CircuitsOfOwner> => {
      const copy = copies.get(owner);
      return copy !== undefined && clock() - copy.readAtMs < FRESH_MS ? copy.circuits : read(owner, 'eventual');
    },

    /** The circuits of an owner as they are now. */
    now: (owner: AgentOwner): Promise<CircuitsOfOwner> => read(owner, 'strong'),

    /** The circuits of an owner, however old; what a turn just read. */
    last: (owner: AgentOwner): Promise<CircuitsOfOwner> => copies.get(owner)?.circuits ?? Promise.resolve(NONE),

    /** Takes in what this instance has just written. */
    remember: (owner: AgentOwner, agentId: string, written: StoredCircuit): void => {
      const copy = copies.get(owner);
      if (copy === undefined) return;
      const withIt = copy.circuits.then((circuits) => new Map(circuits).set(agentId, written));
      copies.set(owner, { ...copy, circuits: withIt });
    },
  };
};
