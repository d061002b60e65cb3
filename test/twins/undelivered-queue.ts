import type { UndeliveredQueue } from '../../functions/application/ports.ts';
import type { TurnKey } from '../../functions/domain/turn/turn.ts';
import { roundTrip } from './memory-state.ts';

export interface MemoryUndeliveredQueue extends UndeliveredQueue {
  /** Messages that nobody has taken yet. */
  readonly waiting: readonly { readonly key: TurnKey; readonly delayMs: number }[];
  /** Takes every message, whatever its delay: the turn's item decides, not the queue. */
  takeAll(): readonly TurnKey[];
}

/** In-memory twin of the undelivered queue. */
export const makeMemoryUndeliveredQueue = (): MemoryUndeliveredQueue => {
  let waiting: { key: TurnKey; delayMs: number }[] = [];
  return {
    get waiting() {
      return waiting;
    },
    send: async (key, delayMs, signal) => {
      await roundTrip(signal);
      waiting.push({ key: structuredClone(key), delayMs });
    },
    takeAll: () => {
      const taken = waiting.map(({ key }) => key);
      waiting = [];
      return taken;
    },
  };
};
