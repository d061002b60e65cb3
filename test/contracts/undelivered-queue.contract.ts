import { describe, expect, it } from 'vitest';
import type { UndeliveredQueue } from '../../functions/application/ports.ts';
import type { TurnKey } from '../../functions/domain/turn/turn.ts';
import { conversationKey, NOON_MS, patience, turnIdAt } from '../twins/samples.ts';

export interface ObservedQueue {
  readonly queue: UndeliveredQueue;
  /** Takes what can be taken now. */
  take(): Promise<readonly TurnKey[]>;
}

const keyOf = (parts: Parameters<typeof conversationKey>[0] = {}): TurnKey => ({
  ...conversationKey(parts),
  turnId: turnIdAt(NOON_MS),
});

/** What every undelivered queue carries. */
export const describeUndeliveredQueue = (name: string, observed: () => ObservedQueue): void => {
  describe(`${name}: the undelivered queue`, () => {
    it('carries the ids of a turn, whatever characters are in them', async () => {
      const key = keyOf({ tenant: 'a#%23/ü😀"\\', userId: "auth0|\u0001\ufffe\uffff '" });
      await observed().queue.send(key, 0, patience());
      expect(await observed().take()).toEqual([key]);
    });

    it('carries the same turn as often as it is sent', async () => {
      const key = keyOf();
      for (let count = 0; count < 3; count += 1) await observed().queue.send(key, -50, patience());
      expect(await observed().take()).toEqual([key, key, key]);
    });

    it('takes a delay of any length', async () => {
      for (const delayMs of [1, 900_000, 900_001, 40 * 86_400_000])
        await expect(observed().queue.send(keyOf(), delayMs, patience())).resolves.toBeUndefined();
    });

    it('rejects when it is told to stop', async () => {
      await observed().take();
      await expect(observed().queue.send(keyOf(), 0, AbortSignal.abort())).rejects.toThrow();
      expect(await observed().take()).toEqual([]);
    });
  });
};
