import type { Account, CloudClock, FunctionHost, LogSink, MetricStore, Resource } from '../types.ts';
import { type LocalEndpoint } from './instance-environment.ts';
export interface FunctionHostSettings {
  readonly account: Account;
  /** Directory with the function's code, where its handler's file is. */
  readonly codeDirectory: (fn: Resource) => string;
  readonly environment: LocalEndpoint;
  readonly clock: CloudClock;
  readonly log: LogSink;
  readonly metrics: Pick<MetricStore, 'put'>;
  /** Most instances of a function that reserves no concurrency. @default 64 */
  readonly maxInstances?: number;
  /** An instance ends after this long without an event. @default 300,000 */
  readonly idleMs?: number;
  /** Waits before the retries of asynchronous events. @default [1000, 2000] */
  readonly retryDelaysMs?: readonly number[];
}
/** Starts the host of all functions of the account; their instances start with their first events. */
export declare const startFunctionHost: (settings: FunctionHostSettings) => Promise<FunctionHost>;
