import type { CircuitPolicy } from '../../domain/delivery/circuit.ts';
import type { Clock } from '../ports.ts';

/** Agents whose runs one instance keeps. */
const MAX_AGENTS = 4_096;

interface Run {
  /** 0 after a failure. */
  readonly successes: number;
  readonly endedAtMs: number;
}

/** The successes in a row that this instance had with each agent since that agent last failed it. */
export const makeSuccessRuns = (clock: Clock, policy: CircuitPolicy) => {
  const runs = new Map<string, Run>();

  const successesOf = (agent: string): number | undefined => {
    const run = runs.get(agent);
    return run === undefined || clock() - run.endedAtMs > policy.successMemoryMs ? undefined : run.successes;
  };

  const keep = (agent: string, successes: number): void => {
    runs.delete(agent);
    runs.set(agent, { successes, endedAtMs: clock() });
    const oldest = runs.keys().next().value;
    if (runs.size > MAX_AGENTS && oldest !== undefined) runs.delete(oldest);
  };

  return {
    worked: (agent: string): void => keep(agent, Math.min(policy.maxSuccessesBefore, (successesOf(agent) ?? 0) + 1)),
    /** Ends the run. @returns how long it was, at most `maxSuccessesBefore`; undefined if this instance has seen nothing */
    failed: (agent: string): number | undefined => {
      const successes = successesOf(agent);
      keep(agent, 0);
      return successes;
    },
  };
};
