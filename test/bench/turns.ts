import { readFileSync } from 'node:fs';
import { setTimeout as elapsed } from 'node:timers/promises';
import type { BenchCloud, SentTurn } from './bench-cloud.ts';
import { medianOf, quantileOf } from './statistics.ts';
import { turnCost } from './turn-cost.ts';

export interface Overhead {
  readonly concurrent: number;
  /** How long the agent takes. With an instant one the machine is as busy as it can be: turns wait for its cores. */
  readonly agent_ms: number;
  readonly turns: number;
  /** Of these, turns that were not answered with 200; the times are of the others. */
  readonly failed: number;
  /** Request to agent called plus answer to reply: all but the agent's own time. */
  readonly p50_ms: number;
  readonly p99_ms: number;
  readonly before_agent_p50_ms: number;
  readonly after_agent_p50_ms: number;
  readonly turns_per_second: number;
  /** Instances of the router that took part; with as many as turns at a time, none waits for one. */
  readonly router_instances: number;
}

/** Turns by how many run at a time, and how long the agent takes. */
export interface Load {
  readonly concurrent: number;
  readonly turns: number;
  readonly agentMs: number;
}

export interface StoreCost {
  readonly turns: number;
  readonly dynamodb_requests: number;
  readonly dynamodb_requests_max: number;
  readonly capacity_units: number;
  readonly round_trips_before_agent_max: number;
  readonly round_trips_after_agent_max: number;
  /** Turns among these that read the registry too, which instances do every 4–5 s. */
  readonly turns_with_registry_read: number;
}

/** Long enough for calls at the same time to overlap in the ledger's whole milliseconds. */
const STORE_MS = 30;
const SETTLED_MS = 50;
const COST_TURNS = 40;
/** Cold starts at the same time that a small machine gets through before the functions' own calls time out. */
const NEW_INSTANCES = 4;
/** How long a turn of the warm-up keeps its instance. */
const HOLD_MS = 2_500;
const TURNS_IN_CONVERSATION = 20;

/** DynamoDB's share of a turn, on a quiet cloud, one turn after the other. */
export const measureStoreCost = async (cloud: BenchCloud): Promise<StoreCost> => {
  await cloud.order({ storeMs: STORE_MS });
  const costs = [];
  for (let turn = 0; turn < COST_TURNS; turn += 1) {
    const sinceSeq = (await cloud.control.calls()).at(-1)?.seq ?? 0;
    const { turnId = '' } = await cloud.send('cost');
    await elapsed(SETTLED_MS);
    const [{ receivedMs = 0, answeredMs = 0 } = {}] = cloud.agent.callsOf(turnId);
    costs.push(turnCost(await cloud.control.calls({ sinceSeq }), { receivedMs, answeredMs }));
  }
  await cloud.order({ storeMs: 0 });
  return {
    turns: costs.length,
    dynamodb_requests: medianOf(costs.map(({ requests }) => requests)),
    dynamodb_requests_max: Math.max(...costs.map(({ requests }) => requests)),
    capacity_units: medianOf(costs.map(({ capacityUnits }) => capacityUnits)),
    round_trips_before_agent_max: Math.max(...costs.map(({ roundTripsBefore }) => roundTripsBefore)),
    round_trips_after_agent_max: Math.max(...costs.map(({ roundTripsAfter }) => roundTripsAfter)),
    turns_with_registry_read: costs.filter(({ registryRequests }) => registryRequests > 0).length,
  };
};

/** Callers do not act in step: within `spreadMs`, each begins at a time of its own. */
const sendAll = async (
  cloud: BenchCloud,
  turns: number,
  concurrent: number,
  spreadMs = 0,
): Promise<readonly SentTurn[]> => {
  const sent: SentTurn[] = [];
  let next = 0;
  const run = async (sender: number) => {
    await elapsed((sender * spreadMs) / concurrent);
    for (let turn = next++; turn < turns; turn = next++)
      sent.push(
        await cloud.send(`load-${concurrent}-${sender}-${Math.floor(turn / concurrent / TURNS_IN_CONVERSATION)}`),
      );
  };
  await Promise.all(Array.from({ length: concurrent }, (_, sender) => run(sender)));
  return sent;
};

const routers = async ({ control }: BenchCloud): Promise<number> =>
  (await control.functions()).find(({ id }) => id === 'Router')?.instances.length ?? 0;

/** Brings up an instance for each turn, a few at a time: they all wait for the agent at the same moment. */
const warmUp = async (cloud: BenchCloud, concurrent: number): Promise<void> => {
  cloud.agent.behave({ kind: 'answer', delayMs: HOLD_MS });
  for (let wanted = 1; wanted < concurrent + NEW_INSTANCES; wanted += NEW_INSTANCES)
    await sendAll(cloud, Math.min(wanted, concurrent), Math.min(wanted, concurrent));
  cloud.agent.behave({ kind: 'answer' });
  await sendAll(cloud, concurrent * 6, concurrent);
};

export const measureOverhead = async (cloud: BenchCloud, { concurrent, turns, agentMs }: Load): Promise<Overhead> => {
  await warmUp(cloud, concurrent);
  cloud.agent.behave({ kind: 'answer', delayMs: agentMs });
  const startedMs = performance.now();
  const sent = await sendAll(cloud, turns, concurrent, agentMs);
  const tookSeconds = (performance.now() - startedMs) / 1000;
  const calls = new Map(cloud.agent.calls.map((call) => [call.request.agent_metadata.turn_id, call]));
  const parts = sent.flatMap(({ turnId = '', sentMs, repliedMs }) => {
    const { receivedMs, answeredMs } = calls.get(turnId) ?? {};
    if (receivedMs === undefined || answeredMs === undefined) return [];
    return [{ before: receivedMs - sentMs, after: repliedMs - answeredMs }];
  });
  const overheads = parts.map(({ before, after }) => before + after);
  return {
    concurrent,
    agent_ms: agentMs,
    turns: sent.length,
    failed: sent.length - parts.length,
    p50_ms: quantileOf(overheads, 0.5),
    p99_ms: quantileOf(overheads, 0.99),
    before_agent_p50_ms: medianOf(parts.map(({ before }) => before)),
    after_agent_p50_ms: medianOf(parts.map(({ after }) => after)),
    turns_per_second: Math.round(sent.length / tookSeconds),
    router_instances: await routers(cloud),
  };
};

const residentMb = (pid: number): number => {
  const kb = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kb) / 1024;
};

/** Median resident memory of each function's instances, MiB; empty where the system has no `/proc`. */
export const measureMemory = async ({ control }: BenchCloud): Promise<Readonly<Record<string, number>>> => {
  if (process.platform !== 'linux') return {};
  const running = (await control.functions()).filter(({ instances }) => instances.length > 0);
  return Object.fromEntries(
    running.map(({ id, instances }) => [id, Math.round(medianOf(instances.map(({ pid }) => residentMb(pid))))]),
  );
};
