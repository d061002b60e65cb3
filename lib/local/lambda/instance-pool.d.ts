import { ConcurrencyExceeded } from './function-failures.ts';
import type { FunctionInstance, InstanceSettings, Invocation, Outcome } from './function-instance.ts';

interface PoolSettings {
  /** Most events at a time. */
  readonly limit: number;
  /** What `limit` is, for the error when it is reached. */
  readonly limitReason: ConcurrencyExceeded['reason'];
  /** Idle instances end after this long. */
  readonly idleMs: number;
  readonly start: (hooks: Pick<InstanceSettings, 'onIdle' | 'onGone'>) => FunctionInstance;
}
/** The instances of one function. A waiting event gets the first that is free, be it an old or a new one. */
export declare class InstancePool {
  #private;
  readonly instances: Set<FunctionInstance>;
  constructor(settings: PoolSettings);
  /** @throws ConcurrencyExceeded at once if the limit is reached */
  run(invocation: Invocation): Promise<Outcome>;
  /** Ends all instances at once; returns how many there were. */
  kill(): number;
  close(): Promise<void>;
}
