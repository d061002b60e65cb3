import type { LedgerEntry } from '../../lib/local/types.ts';

/** What one turn costs at the store. */
export interface TurnCost {
  /** Requests on conversations. */
  readonly requests: number;
  /** Requests on the registry: each router instance reads it every 4–5 s, whatever the number of turns. */
  readonly registryRequests: number;
  /** DynamoDB capacity units of all of them. */
  readonly capacityUnits: number;
  /** Round trips one after the other before the agent is called, the registry's among them. */
  readonly roundTripsBefore: number;
  /** Between the agent's answer and the reply. */
  readonly roundTripsAfter: number;
}

type Span = Pick<LedgerEntry, 'started_ms' | 'ended_ms'>;

/** Length of the longest chain of calls of which each began when the one before had ended. */
export const roundTrips = (spans: readonly Span[]): number => {
  let count = 0;
  let endedMs = Number.NEGATIVE_INFINITY;
  // The one that ends first leaves most room for others.
  for (const span of [...spans].sort((left, right) => left.ended_ms - right.ended_ms)) {
    if (span.started_ms < endedMs) continue;
    count += 1;
    endedMs = span.ended_ms;
  }
  return count;
};

/**
 * Adds up the router's calls during one turn that had the cloud for itself.
 *
 * The ledger's times are whole milliseconds, so its calls must each take some: calls that ran at the same time then
 * overlap, and those that waited for each other do not.
 *
 * @param entries of the ledger from the request to the reply
 * @param agent when the agent got the request and when it answered, milliseconds since the epoch
 */
export const turnCost = (
  entries: readonly LedgerEntry[],
  agent: { readonly receivedMs: number; readonly answeredMs: number },
): TurnCost => {
  const own = entries.filter(({ service, caller }) => service === 'dynamodb' && caller.startsWith('Router'));
  const isRegistry = ({ resource }: LedgerEntry): boolean => resource.includes(':table/Registry');
  return {
    requests: own.filter((entry) => !isRegistry(entry)).length,
    registryRequests: own.filter(isRegistry).length,
    capacityUnits: own.reduce((sum, entry) => sum + entry.capacity_units, 0),
    roundTripsBefore: roundTrips(own.filter((entry) => entry.started_ms < agent.receivedMs)),
    roundTripsAfter: roundTrips(own.filter((entry) => entry.started_ms >= agent.answeredMs)),
  };
};
