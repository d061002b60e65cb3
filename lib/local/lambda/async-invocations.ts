import { setTimeout as delay } from 'node:timers/promises';
import type { Account, CloudClock, InvokeResult, MetricStore } from '../types.ts';
import { ConcurrencyExceeded } from './function-failures.ts';
import type { FunctionReference } from './function-reference.ts';

const DEFAULT_RETRIES = 2;
const DEFAULT_MAX_AGE_SECONDS = 6 * 60 * 60;
/** Waits before the retries. AWS waits one minute and two; nobody at one machine wants to. */
const RETRY_DELAYS_MS = [1000, 2000];
const THROTTLED_DELAY_MS = 1000;

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
export const makeAsyncInvocations = (settings: AsyncSettings) => {
  const { account, clock, metrics, invoke, retryDelaysMs = RETRY_DELAYS_MS } = settings;
  const running = new Set<Promise<void>>();
  const closing = new AbortController();

  const dropped = ({ name }: FunctionReference) =>
    metrics.put({
      namespace: 'AWS/Lambda',
      name: 'AsyncEventsDropped',
      dimensions: { FunctionName: name },
      unit: 'Count',
      value: 1,
      atMs: clock.now(),
    });

  /** True once it succeeded, false if it failed, undefined if there was no instance for it. */
  const attempt = async (reference: FunctionReference, payload: Buffer): Promise<boolean | undefined> => {
    try {
      return (await invoke(reference, payload)).functionError === undefined;
    } catch (error) {
      if (error instanceof ConcurrencyExceeded) return undefined;
      throw error;
    }
  };

  const deliver = async (reference: FunctionReference, payload: Buffer): Promise<void> => {
    const { retries, maxAgeMs } = retryPolicy(account, reference);
    const expiresMs = clock.now() + maxAgeMs;
    let failures = 0;
    while (!closing.signal.aborted) {
      const done = await attempt(reference, payload);
      if (done === true) return;
      if (done === false) failures += 1;
      const waitMs = done === false ? (retryDelaysMs[failures - 1] ?? retryDelaysMs.at(-1) ?? 0) : THROTTLED_DELAY_MS;
      if (failures > retries || clock.now() + waitMs > expiresMs) return dropped(reference);
      // An aborted wait ends the loop by its condition.
      await delay(waitMs, undefined, { signal: closing.signal }).catch(() => undefined);
    }
  };

  return {
    accept: (reference: FunctionReference, payload: Buffer): void => {
      const delivery = deliver(reference, payload).finally(() => running.delete(delivery));
      running.add(delivery);
    },
    /** Resolves once nothing waits or runs. */
    idle: async (): Promise<void> => {
      while (running.size > 0) await Promise.all(running);
    },
    /** No further retries. */
    close: (): void => closing.abort(),
  };
};

const retryPolicy = (account: Account, { name, qualifier = '$LATEST' }: FunctionReference) => {
  const config = account
    .ofType('AWS::Lambda::EventInvokeConfig')
    .find(({ properties }) => properties.FunctionName === name && properties.Qualifier === qualifier)?.properties;
  return {
    retries: Number(config?.MaximumRetryAttempts ?? DEFAULT_RETRIES),
    maxAgeMs: Number(config?.MaximumEventAgeInSeconds ?? DEFAULT_MAX_AGE_SECONDS) * 1000,
  };
};
