import type { AlarmView } from '../../lib/local/alarms/alarms.ts';
import type { MetricSummary } from '../../lib/local/alarms/metric-summary.ts';
import type { QueueCounts } from '../../lib/local/engines/queues.ts';
import type { FunctionView, LedgerEntry } from '../../lib/local/types.ts';

/** The control routes of a local cloud, over HTTP as anybody on this machine has them. */
export interface Control {
  functions(): Promise<readonly FunctionView[]>;
  /** @returns how many instances there were */
  kill(functionId: string): Promise<number>;
  runSchedules(): Promise<void>;
  advanceClock(ms: number): Promise<void>;
  calls(filter?: { turnId?: string; sinceSeq?: number }): Promise<readonly LedgerEntry[]>;
  /** Sum of the values of a metric of Switchboard, 0 if there are none. */
  metricSum(name: string): Promise<number>;
  alarms(): Promise<readonly AlarmView[]>;
  queues(): Promise<readonly QueueCounts[]>;
}

export const controlOf = (url: string): Control => {
  const call = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`${url}/_local/${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} /_local/${path} answered ${response.status}: ${text}`);
    return JSON.parse(text);
  };
  return {
    functions: async () => (await call('GET', 'functions')) as FunctionView[],
    kill: async (id) => ((await call('POST', `functions/${id}/kill`)) as { killed: number }).killed,
    runSchedules: async () => void (await call('POST', 'schedules/run')),
    advanceClock: async (ms) => void (await call('POST', 'clock/advance', { ms })),
    calls: async ({ turnId, sinceSeq } = {}) => {
      const query = new URLSearchParams();
      if (turnId !== undefined) query.set('turn_id', turnId);
      if (sinceSeq !== undefined) query.set('since_seq', String(sinceSeq));
      return (await call('GET', `calls?${query}`)) as LedgerEntry[];
    },
    metricSum: async (name) =>
      ((await call('GET', 'metrics')) as MetricSummary[])
        .filter((metric) => metric.namespace === 'Switchboard' && metric.name === name)
        .reduce((sum, metric) => sum + metric.sum, 0),
    alarms: async () => (await call('GET', 'alarms')) as AlarmView[],
    queues: async () => (await call('GET', 'queues')) as QueueCounts[],
  };
};
