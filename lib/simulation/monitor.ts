import type { Health } from '../../functions/domain/contract/agent.ts';
import { type HealthState, observeHealth, UNCHECKED } from '../../functions/domain/health/health.ts';
import { bucketOf } from '../../functions/domain/health/latency.ts';
import { completeMinutes, KEPT_MINUTES, type MinuteOfCalls, minuteOf } from '../../functions/domain/health/minutes.ts';
import { type Performance, performanceOf } from '../../functions/domain/health/performance.ts';
import type { RoutableAgent } from '../../functions/domain/routing/routing-input.ts';
import type { SimulatedAgent } from './fleet.ts';

type Counted = { -readonly [K in keyof MinuteOfCalls]: MinuteOfCalls[K] } & { readonly latency: number[] };

/** One agent as the monitor keeps it. */
interface Known {
  minutes: Counted[];
  state: HealthState;
  /** As published last; found out when it is first asked for, and again only if other minutes count by then. */
  performance: Performance | undefined;
  publishedMinute: number;
  first: number | undefined;
  last: number | undefined;
}

const NOTHING: Omit<Known, 'minutes'> = {
  state: UNCHECKED,
  performance: undefined,
  publishedMinute: -1,
  first: undefined,
  last: undefined,
};

const emptyMinute = (minute: number): Counted => ({ minute, calls: 0, failures: 0, totalMs: 0, latency: [] });

/** Minutes as one: the same figures, but for calls at work, as from each by itself, and sooner. */
const sumOf = (minutes: readonly Counted[], newestMinute: number): Counted => {
  const sum = emptyMinute(newestMinute);
  for (const { calls, failures, totalMs, latency } of minutes) {
    sum.calls += calls;
    sum.failures += failures;
    sum.totalMs += totalMs;
    for (let bucket = 0; bucket < latency.length; bucket += 1)
      sum.latency[bucket] = (sum.latency[bucket] ?? 0) + (latency[bucket] ?? 0);
  }
  return sum;
};

/** Adds up what routers measured, checks agents, and shows all routers the same, some minutes old. */
export const makeMonitor = () => {
  const all = new Map<string, Known>();
  let ranAtMs = 0;
  let newestMinute = -1;

  const find = (agentId: string): Known => {
    const known = all.get(agentId) ?? { ...NOTHING, minutes: [] };
    all.set(agentId, known);
    return known;
  };

  const performanceNow = (known: Known): Performance => {
    if (known.performance !== undefined && known.publishedMinute === newestMinute) return known.performance;
    known.publishedMinute = newestMinute;
    const seen = known.minutes.filter(({ minute }) => minute <= newestMinute && minute > newestMinute - KEPT_MINUTES);
    const [first, last] = [seen[0]?.minute, seen.at(-1)?.minute];
    if (known.performance === undefined || first !== known.first || last !== known.last)
      known.performance = performanceOf([sumOf(seen, newestMinute)], ranAtMs);
    known.first = first;
    known.last = last;
    return known.performance;
  };

  return {
    /** Takes in a call that ended. */
    count: (agentId: string, endedAtMs: number, tookMs: number, hasFailed: boolean): void => {
      const known = find(agentId);
      const minute = minuteOf(endedAtMs);
      let counted = known.minutes.at(-1);
      if (counted?.minute !== minute) {
        counted = emptyMinute(minute);
        known.minutes = [...known.minutes.slice(-KEPT_MINUTES - 1), counted];
      }
      counted.calls += 1;
      counted.failures += hasFailed ? 1 : 0;
      counted.totalMs += tookMs;
      const bucket = bucketOf(tookMs);
      while (counted.latency.length <= bucket) counted.latency.push(0);
      counted.latency[bucket] = (counted.latency[bucket] ?? 0) + 1;
    },

    /** Takes in a health check. */
    check: (agentId: string, seen: Exclude<Health, 'unknown'>): void => {
      const known = find(agentId);
      known.state = observeHealth(known.state, seen);
    },

    /** Publishes what is known of the minutes that are complete. */
    publish: (nowMs: number): void => {
      ranAtMs = nowMs;
      newestMinute = completeMinutes(nowMs).at(-1) ?? -1;
    },

    /** An agent as routers see it: always as it was published last. */
    view: ({ id, tenant, card }: SimulatedAgent): RoutableAgent => {
      const known = find(id);
      return {
        owner: tenant,
        definition: card,
        get health() {
          return known.state.health;
        },
        get p50Ms() {
          return performanceNow(known).p50Ms;
        },
        get errorRate() {
          return performanceNow(known).errorRate;
        },
      };
    },
  };
};
