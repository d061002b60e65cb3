import { type Edit, type Entries, type Figures, hasDrifted } from './snapshot.ts';

/** One agent as its record says, perhaps a little late. */
export interface RecordedAgent extends Figures {
  readonly agentId: string;
  readonly version: number;
  readonly isDraining: boolean;
}

/** What a snapshot and the records say differently. */
export interface Comparison {
  /** Agents about which one of the two is late: only a consistent read can tell which. */
  readonly doubtful: readonly string[];
  /** What routing must know now. */
  readonly urgent: readonly Edit[];
  /** Performance that has changed by more than a little. */
  readonly drift: readonly Edit[];
}

/** Compares what routers see with all records of an owner. A snapshot that knows a newer version is not in doubt. */
export const compared = (entries: Entries, records: readonly RecordedAgent[]): Comparison => {
  const recorded = new Set(records.map(({ agentId }) => agentId));
  const doubtful = [...entries.keys()].filter((agentId) => !recorded.has(agentId));
  const urgent: Edit[] = [];
  const drift: Edit[] = [];
  for (const { agentId, version, isDraining, health, p50Ms, errorRate } of records) {
    const entry = entries.get(agentId);
    const figures: Figures = { health, p50Ms, errorRate };
    if (entry === undefined) {
      if (!isDraining) doubtful.push(agentId);
    } else if (entry.version < version || (isDraining && entry.version === version)) doubtful.push(agentId);
    else if (entry.version > version) continue;
    else if (entry.health !== health) urgent.push({ kind: 'figures', agentId, figures });
    else if (hasDrifted(entry, figures)) drift.push({ kind: 'figures', agentId, figures });
  }
  return { doubtful, urgent, drift };
};
