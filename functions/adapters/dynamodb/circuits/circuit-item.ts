import * as z from 'zod';
import type { AgentOwner, FailedCall, StoredCircuit } from '../../../application/agent-ports.ts';
import {
  bucketAt,
  type Circuit,
  type CircuitPolicy,
  CLOSED,
  type FailureSample,
} from '../../../domain/delivery/circuit.ts';
import { fromItem, type Item, toItem } from '../attributes.ts';
import { joinKey } from '../keys.ts';

/** How much longer than it matters an item is kept, seconds: an open circuit that nobody probes is closed then. */
const KEEP_SECONDS = 3_600;

export const circuitsPk = (owner: AgentOwner): string =>
  owner === 'global' ? joinKey('circuits', 'global') : joinKey('circuits', 'tenant', owner);

const timeKey = (ms: number): string => String(Math.floor(ms / 1000)).padStart(12, '0');

/** Buckets sort by time and before circuits: one range holds the buckets that count and every circuit. */
export const bucketSk = (agentId: string, bucketMs: number): string => joinKey('bucket', timeKey(bucketMs), agentId);
export const circuitSk = (agentId: string): string => joinKey('circuit', agentId);

/** Where the range begins that matters at a time. */
export const oldestSk = (nowMs: number, policy: CircuitPolicy): string =>
  joinKey('bucket', timeKey(bucketAt(nowMs - policy.windowMs, policy)));

/** When an item may go that matters until `untilMs`, in seconds since the epoch. */
export const expiryOf = (untilMs: number): number => Math.ceil(untilMs / 1000) + KEEP_SECONDS;

/** A failed call as an element of its bucket's set: a set holds it once, however often it is added. */
export const failureElement = ({ id, successesBefore }: FailedCall): string => `${successesBefore}:${id}`;

export const sampleOf = (bucketMs: number, elements: readonly string[]): FailureSample => ({
  atMs: bucketMs,
  failures: elements.length,
  successes: elements.reduce((sum, element) => sum + Number.parseInt(element, 10), 0),
});

const timed = { until: z.number(), openings: z.number().int().min(1) };
const CircuitItem = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('closed'), since: z.number() }),
    z.object({ kind: z.literal('open'), ...timed }),
    z.object({ kind: z.literal('half_open'), ...timed, probe: z.string() }),
  ])
  .transform((item): Circuit => {
    if (item.kind === 'closed') return { kind: 'closed', sinceMs: item.since, samples: [] };
    const { until: untilMs, openings } = item;
    if (item.kind === 'open') return { kind: 'open', untilMs, openings };
    return { kind: 'half_open', untilMs, openings, probe: item.probe };
  });

/** A circuit, all but its key and its samples. */
export const toCircuitItem = ({ circuit, mark }: { circuit: Circuit; mark: string }): Item => {
  const common = { kind: circuit.kind, mark };
  if (circuit.kind === 'closed')
    return toItem({ ...common, since: circuit.sinceMs, expires_at: expiryOf(circuit.sinceMs) });
  const { untilMs: until, openings } = circuit;
  const probe = circuit.kind === 'half_open' ? circuit.probe : undefined;
  return toItem({ ...common, until, openings, probe, expires_at: expiryOf(until) });
};

/** One that cannot be read, as from a newer version, counts as closed and can be overwritten. */
export const fromCircuitItem = (item: Item): StoredCircuit => {
  const parsed = CircuitItem.safeParse(fromItem(item));
  return { circuit: parsed.success ? parsed.data : CLOSED, mark: item.mark?.S ?? null };
};
