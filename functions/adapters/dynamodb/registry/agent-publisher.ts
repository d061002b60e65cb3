import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import type { AgentOwner, AgentState, MonitoredAgent } from '../../../application/agent-ports.ts';
import { performanceOf } from '../../../domain/health/performance.ts';
import { compared, type RecordedAgent } from '../../../domain/registry/comparison.ts';
import {
  type Edit,
  type Entries,
  type Figures,
  type Manifest,
  SnapshotEntry,
} from '../../../domain/registry/snapshot.ts';
import { makeGroupCommit } from '../../group-commit.ts';
import { untilAborted } from '../../until-aborted.ts';
import { fromItem } from '../attributes.ts';
import { orUnavailable } from '../client.ts';
import { stateOf } from './agent-item.ts';
import type { AgentItems, AgentRecords } from './agent-records.ts';
import { BaseLost, makeSnapshotReader } from './snapshot-reader.ts';
import { makeSnapshotWriter, type Plan, type SnapshotDependencies } from './snapshot-writer.ts';

/** How old performance may get in the snapshot, ms: bringing it up to date can cost a new base. */
const FIGURES_MS = 600_000;

/** Agents whose records are read at the same time. */
const PARALLEL_READS = 32;

const RecordItem = z.object({ version: z.number(), card: z.string(), draining_until: z.number().optional() });

/** Brings records of agents into what routers see. */
export interface AgentPublisher {
  /** Shows routers one agent as it is on record, or that it is gone; changes of one owner at the same time go together. */
  announce(owner: AgentOwner, agentId: string, signal: AbortSignal): Promise<void>;
  /** @see AgentStore */
  publish(owner: AgentOwner, agents: readonly MonitoredAgent[], signal: AbortSignal): Promise<void>;
}

export const makeAgentPublisher = (
  client: DynamoDBClient,
  table: string,
  records: Pick<AgentRecords, 'items'>,
  dependencies: SnapshotDependencies,
): AgentPublisher => {
  const { log, clock } = dependencies;
  const reader = makeSnapshotReader(client, table, dependencies);
  const writer = makeSnapshotWriter(client, table, dependencies);

  const figuresOf = (state: AgentState): Figures => {
    const { p50Ms, errorRate } = performanceOf(state.minutes, clock());
    return { health: state.health, p50Ms, errorRate };
  };

  const editOf = (owner: AgentOwner, agentId: string, { definition, live }: AgentItems): readonly Edit[] => {
    if (definition === undefined || definition.draining_until !== undefined) return [{ kind: 'gone', agentId }];
    const notReadable = (cause: unknown) => log.error('agent not readable', { owner, agent_id: agentId, cause });
    try {
      const { version, card } = RecordItem.parse(fromItem(definition));
      const figures = figuresOf(stateOf(live, notReadable));
      const entry = { version, ...figures, card: SnapshotEntry.in.shape.card.parse(JSON.parse(card)) };
      return [{ kind: 'set', agentId, entry }];
    } catch (cause) {
      // What routers see of it now stands: this version cannot say better.
      notReadable(cause);
      return [];
    }
  };

  /** What the records say of these agents now, by consistent reads. */
  const asRecorded = async (owner: AgentOwner, agentIds: readonly string[], signal: AbortSignal) => {
    const edits: Edit[] = [];
    const read = async (agentId: string) => editOf(owner, agentId, await records.items(owner, agentId, signal));
    for (let from = 0; from < agentIds.length; from += PARALLEL_READS)
      edits.push(...(await Promise.all(agentIds.slice(from, from + PARALLEL_READS).map(read))).flat());
    return edits;
  };

  // The records are read after the manifest: whoever changes one later than that changes the manifest later, too.
  const commit = makeGroupCommit<AgentOwner>((owner, agentIds, signal) => {
    const plan: Plan = async () => {
      const edits = await asRecorded(owner, [...agentIds], signal);
      return edits.length === 0 ? undefined : { edits };
    };
    return writer.revise(owner, plan, signal);
  });

  const entriesOf = async (owner: AgentOwner, manifest: Manifest, signal: AbortSignal): Promise<Entries | BaseLost> => {
    try {
      return await reader.entries(owner, manifest, signal);
    } catch (fault) {
      if (fault instanceof BaseLost) return fault;
      throw fault;
    }
  };

  const isNews = (entries: Entries, edit: Edit): boolean =>
    edit.kind === 'set' ? entries.get(edit.agentId)?.version !== edit.entry.version : entries.has(edit.agentId);

  const publish = async (owner: AgentOwner, agents: readonly MonitoredAgent[], signal: AbortSignal) => {
    const recorded = agents.map(
      ({ card: { agentId }, version, drainingUntilMs, state }): RecordedAgent => ({
        agentId,
        version,
        isDraining: drainingUntilMs !== null,
        ...figuresOf(state),
      }),
    );
    const plan: Plan = async (manifest) => {
      const found = await entriesOf(owner, manifest, signal);
      const isLost = found instanceof BaseLost;
      if (isLost) log.error('the base of the registry is lost: it is made anew', { owner, cause: found });
      const entries = isLost ? new Map() : found;
      const { doubtful, urgent, drift } = compared(entries, recorded);
      const news = (await asRecorded(owner, doubtful, signal)).filter((edit) => isNews(entries, edit));
      const nowMs = clock();
      const isDue = drift.length > 0 && Math.abs(nowMs - manifest.figuresAtMs) >= FIGURES_MS;
      if (!isLost && !isDue && news.length + urgent.length === 0) return undefined;
      return {
        edits: [...news, ...urgent, ...(isDue ? drift : [])],
        ...(isDue ? { figuresAtMs: nowMs } : {}),
        ...(isLost ? { instead: entries } : {}),
      };
    };
    await writer.revise(owner, plan, signal);
  };

  return {
    announce: (owner, agentId, signal) => orUnavailable(untilAborted(commit(owner, agentId, signal), signal)),
    publish,
  };
};
