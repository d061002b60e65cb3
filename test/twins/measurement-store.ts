import type { CallMeasurement, MeasurementStore } from '../../functions/application/agent-ports.ts';
import { roundTrip } from './memory-state.ts';

const MINUTE_MS = 60_000;

/** In-memory twin of the measurement store. */
export const makeMemoryMeasurementStore = (): MeasurementStore => {
  const batches = new Map<number, Map<string, readonly CallMeasurement[]>>();
  return {
    write: async (instance, batch, atMs, signal) => {
      await roundTrip(signal);
      const minute = Math.floor(atMs / MINUTE_MS);
      const written = batches.get(minute) ?? new Map<string, readonly CallMeasurement[]>();
      batches.set(minute, written.set(JSON.stringify([instance, atMs]), structuredClone(batch)));
    },
    read: async (minute, signal) => {
      await roundTrip(signal);
      return structuredClone([...(batches.get(minute)?.values() ?? [])].flat());
    },
  };
};
