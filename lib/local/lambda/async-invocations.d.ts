import type { Account, CloudClock, InvokeResult, MetricStore } from '../types.ts';
import type { FunctionReference } from './function-reference.ts';

interface AsyncSettings {
  readonly account: Account;
  readonly clock: Pick<CloudClock, 'now'>;
  readonly metrics: Pick<MetricStore, 'put'>;
  readonly invoke: (reference: FunctionReference, payload: Buffer) => Promise<InvokeResult>;
  /** @default [1000, 2000] */
  readonly retryDelaysMs?: readonly number[];
}
/**
 * The queue of Lambda's asynchronous invocations. A failed event is retried as its `AWS::Lambda::EventInvokeConfig`
 * says; one that is throttled is tried until it is too old. Lives in memory: what waits is lost at the end.
 */
export declare const makeAsyncInvocations: (settings: AsyncSettings) => {
  accept: (reference: FunctionReference, payload: Buffer) => void;
  /** Resolves once nothing waits or runs. */
  idle: () => Promise<void>;
  /** No further retries. */
  close: () => void;
};
