import { completeMinutes, type MinuteOfCalls, minuteOfCalls } from '../../domain/health/minutes.ts';
import type { AgentOwner, CallMeasurement, MeasurementStore } from '../agent-ports.ts';
import { storeSignal } from '../deadlines.ts';
import type { Clock, Log } from '../ports.ts';

export interface RecentCallsDependencies {
  readonly measurements: Pick<MeasurementStore, 'read'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** What routers counted of an agent's calls in the newest complete minutes; those with calls, oldest first. */
export type RecentCalls = (owner: AgentOwner, agentId: string) => readonly MinuteOfCalls[];

const nameOf = (owner: AgentOwner, agentId: string): string => JSON.stringify([owner, agentId]);

/**
 * Reads what routers counted in the newest complete minutes. A minute that cannot be read is as one without calls: the
 * next runs read it again.
 */
export const makeReadRecentCalls = (deps: RecentCallsDependencies) => async (): Promise<RecentCalls> => {
  const byAgent = new Map<string, MinuteOfCalls[]>();
  const read = async (minute: number): Promise<readonly CallMeasurement[]> =>
    deps.measurements.read(minute, storeSignal()).catch((cause: unknown) => {
      deps.log.warn('measurements not read; the next run reads them again', { minute, cause });
      return [];
    });
  const minutes = completeMinutes(deps.clock());
  const batches = await Promise.all(minutes.map(read));
  for (const [index, minute] of minutes.entries()) {
    const ofMinute = Map.groupBy(batches[index] ?? [], ({ owner, agentId }) => nameOf(owner, agentId));
    for (const [name, parts] of ofMinute)
      byAgent.set(name, [...(byAgent.get(name) ?? []), minuteOfCalls(minute, parts)]);
  }
  return (owner, agentId) => byAgent.get(nameOf(owner, agentId)) ?? [];
};
