import type { TurnKey } from '../../domain/turn/turn.ts';
import { storeSignal } from '../deadlines.ts';
import type { Clock, Log, Measure, OpenTurns, UndeliveredQueue } from '../ports.ts';

export interface SweepTurnsDependencies {
  readonly open: OpenTurns;
  readonly queue: UndeliveredQueue;
  readonly clock: Clock;
  readonly measure: Measure;
  readonly log: Log;
}

/** How long a turn that was handed to the worker is left alone. */
const HANDED_OVER_MS = 2 * 60_000;

/** Turns handed over at the same time. */
const PARALLEL = 16;

/**
 * Finds pending turns that nobody works on (the lease of whoever did is over, or their retry never came) and hands
 * them to the worker. Each is released by condition first, so that two sweepers, or a sweeper and a late owner, agree.
 *
 * @param untilMs when to stop and leave the rest to the next run, by this instance's clock
 * @returns how many turns were handed over
 */
export const makeSweepTurns = (deps: SweepTurnsDependencies) => {
  const handOver = async (key: TurnKey): Promise<number> => {
    const nowMs = deps.clock();
    if (!(await deps.open.release(key, nowMs, nowMs + HANDED_OVER_MS, storeSignal()))) return 0;
    await deps.queue.send(key, 0, storeSignal());
    deps.log.info('turn handed to the worker', { turn_id: key.turnId });
    return 1;
  };

  return async (untilMs: number): Promise<number> => {
    const signal = AbortSignal.timeout(Math.max(0, untilMs - deps.clock()));
    let handedOver = 0;
    let batch: TurnKey[] = [];
    const flush = async () => {
      const results = await Promise.allSettled(batch.map(handOver));
      batch = [];
      for (const result of results)
        if (result.status === 'fulfilled') handedOver += result.value;
        else deps.log.error('turn not handed over; the next run finds it', { cause: result.reason });
    };
    try {
      for await (const key of deps.open.overdue(deps.clock(), signal)) {
        batch.push(key);
        if (batch.length === PARALLEL) await flush();
        if (deps.clock() >= untilMs) break;
      }
    } finally {
      await flush();
    }
    deps.measure('TurnsReclaimed', handedOver);
    deps.measure('SweeperRuns', 1);
    return handedOver;
  };
};
