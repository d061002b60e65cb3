import * as z from 'zod';
import type { AgentOwner, AgentState, MonitoredAgent, RegisteredAgent } from '../../../application/agent-ports.ts';
import { Health, StoredAgentDefinition, StoredRoutingCard } from '../../../domain/contract/agent.ts';
import { TenantId } from '../../../domain/contract/ids.ts';
import { tolerantWire } from '../../../domain/contract/wire.ts';
import { UNCHECKED } from '../../../domain/health/health.ts';
import { fromItem, type Item, toItem } from '../attributes.ts';
import { joinKey, splitKey } from '../keys.ts';
import { packCounts, StoredCounts, unpackCounts } from '../measurements/call-counts.ts';

/** Shards of the index that the monitor reads: its writes of one run are more than one partition takes in a second. */
export const MONITOR_SHARDS = ['0', '1', '2', '3', '4', '5', '6', '7'] as const;

/** The parts of an owner in keys; no tenant can be taken for `global`. */
export const ownerParts = (owner: AgentOwner): readonly string[] =>
  owner === 'global' ? ['global'] : ['tenant', owner];

export const agentsPk = (owner: AgentOwner): string => joinKey('agents', ...ownerParts(owner));

export type AgentItemKind = 'agent' | 'live';

export const agentKey = (kind: AgentItemKind, owner: AgentOwner, agentId: string): Item =>
  toItem({ pk: agentsPk(owner), sk: joinKey(kind, agentId) });

/** The id in an item's sort key, if the item is of that kind. */
export const idOf = (kind: AgentItemKind, item: Item): string | undefined => {
  const [found, agentId] = splitKey(item.sk?.S ?? '');
  return found === kind ? agentId : undefined;
};

/** Attributes that put an item into the index that the monitor reads. */
export const monitorAttributes = (owner: AgentOwner, agentId: string) => {
  const sum = [...agentId].reduce((total, letter) => total + letter.charCodeAt(0), 0);
  return {
    owner,
    monitor_shard: MONITOR_SHARDS[sum % MONITOR_SHARDS.length] ?? MONITOR_SHARDS[0],
    agent_key: joinKey(owner, agentId),
  };
};

const StoredState = tolerantWire({
  health: Health,
  contrary: z.number(),
  reason: z.string().nullable(),
  response_time_ms: z.number().nullable(),
  last_check_ms: z.number().nullable(),
  last_healthy_ms: z.number().nullable(),
  checks: z.number(),
  passed: z.number(),
  /** The minute, then what was counted in it. */
  minutes: z.array(z.tuple([z.number(), StoredCounts])),
});

export const stateText = (state: AgentState): string =>
  JSON.stringify(
    z.encode(StoredState, {
      ...state,
      minutes: state.minutes.map((counts): [number, number[]] => [counts.minute, packCounts(counts)]),
    }),
  );

/** The state in a live item; of an agent without one, or with one that cannot be read, nothing is known. */
export const stateOf = (live: Item | undefined, unreadable: (cause: unknown) => void): AgentState => {
  if (live?.state?.S === undefined) return UNCHECKED;
  try {
    const state = z.decode(StoredState, JSON.parse(live.state.S));
    return {
      ...state,
      minutes: state.minutes.map(([minute, counts]) => ({ minute, ...unpackCounts(counts) })),
    };
  } catch (cause) {
    unreadable(cause);
    return UNCHECKED;
  }
};

const Record = z.object({
  owner: z.union([z.literal('global'), TenantId]),
  version: z.number(),
  draining_until: z.number().optional(),
});
const DefinitionItem = Record.extend({ definition: z.string(), created_at: z.number().default(0) });
const MonitoredItem = Record.extend({ card: z.string() });

/** The record in a definition's item. @throws if it cannot be read */
export const toRegistered = (item: Item, state: AgentState): RegisteredAgent => {
  const { owner, version, created_at, draining_until, definition } = DefinitionItem.parse(fromItem(item));
  return {
    owner,
    version,
    createdAtMs: created_at,
    state,
    drainingUntilMs: draining_until ?? null,
    definition: z.decode(StoredAgentDefinition, JSON.parse(definition)),
  };
};

/** The record in a definition's entry of the index. @throws if it cannot be read */
export const toMonitored = (item: Item, state: AgentState): MonitoredAgent => {
  const { owner, version, draining_until, card } = MonitoredItem.parse(fromItem(item));
  return {
    owner,
    version,
    state,
    drainingUntilMs: draining_until ?? null,
    card: z.decode(StoredRoutingCard, JSON.parse(card)),
  };
};
