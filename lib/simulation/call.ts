import type { SimulatedAgent } from './fleet.ts';
import type { Pass, RouterInstance } from './router-instance.ts';
import type { SimulatedTurn } from './traffic.ts';

/** How a call ended for whoever waits for it. */
export type CallOutcome = 'answered' | 'failed' | 'timed_out';

/** A turn with the agent that it went to. */
export interface Call {
  readonly turn: SimulatedTurn;
  readonly agent: SimulatedAgent;
  readonly instance: RouterInstance;
  /** Of the instance. */
  readonly number: number;
  readonly pass: Pass;
  /** When the agent began to work at it. */
  begunAtMs: number | undefined;
  /** Whether nobody waits for it any more. */
  isOver: boolean;
}
