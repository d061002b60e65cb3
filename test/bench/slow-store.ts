import { setTimeout as elapsed } from 'node:timers/promises';
import type { Interposer } from '../../lib/local/types.ts';

/** Makes every DynamoDB call take at least `delayMs`, as the network to a real one would. */
export const slowStore = (delayMs: number): Interposer => ({
  before: async ({ service }) => {
    if (service === 'dynamodb') await elapsed(delayMs);
    return undefined;
  },
});
