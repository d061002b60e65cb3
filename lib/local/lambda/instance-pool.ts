import { ConcurrencyExceeded } from './function-failures.ts';
import type { FunctionInstance, InstanceSettings, Invocation, Outcome } from './function-instance.ts';

/** How long an event waits for an instance that has replied but not yet asked for more: as long as a new one takes. */
const FINISHING_GRACE_MS = 50;
const SWEEP_MS = 10_000;

interface PoolSettings {
  /** Most events at a time. */
  readonly limit: number;
  /** What `limit` is, for the error when it is reached. */
  readonly limitReason: ConcurrencyExceeded['reason'];
  /** Idle instances end after this long. */
  readonly idleMs: number;
  readonly start: (hooks: Pick<InstanceSettings, 'onIdle' | 'onGone'>) => FunctionInstance;
}

interface Waiter {
  readonly take: (instance: FunctionInstance) => void;
  readonly fail: (error: Buffer) => void;
}

/** The instances of one function. A waiting event gets the first that is free, be it an old or a new one. */
export class InstancePool {
  readonly instances = new Set<FunctionInstance>();
  readonly #settings: PoolSettings;
  /** The most recently used last. */
  readonly #idle: { readonly instance: FunctionInstance; readonly sinceMs: number }[] = [];
  readonly #waiting: Waiter[] = [];
  readonly #sweeper: NodeJS.Timeout;
  #closed = false;

  constructor(settings: PoolSettings) {
    this.#settings = settings;
    this.#sweeper = setInterval(() => this.#endIdle(), Math.min(SWEEP_MS, settings.idleMs)).unref();
  }

  /** @throws ConcurrencyExceeded at once if the limit is reached */
  async run(invocation: Invocation): Promise<Outcome> {
    if (this.#closed) return { kind: 'failed', error: CLOSED };
    const busy = [...this.instances].filter(({ state }) => state === 'busy').length;
    const { limit, limitReason } = this.#settings;
    if (busy + this.#waiting.length >= limit) throw new ConcurrencyExceeded(limitReason);
    const free = this.#idle.pop();
    if (free !== undefined) return free.instance.run(invocation);
    return new Promise((resolve) => {
      const waiter: Waiter = {
        take: (instance) => resolve(instance.run(invocation)),
        fail: (error) => resolve({ kind: 'failed', error }),
      };
      this.#waiting.push(waiter);
      const expected = this.#count('starting') + this.#count('finishing');
      this.#start(this.#waiting.length - expected);
      if (expected > 0) setTimeout(() => this.#waiting.includes(waiter) && this.#provide(), FINISHING_GRACE_MS);
    });
  }

  /** Ends all instances at once; returns how many there were. */
  kill(): number {
    const { size } = this.instances;
    for (const instance of this.instances) instance.kill();
    return size;
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#sweeper);
    for (const waiter of this.#waiting.splice(0)) waiter.fail(CLOSED);
    this.kill();
    await Promise.all([...this.instances].map(({ exited }) => exited));
  }

  /** Starts an instance for each waiting event that has none coming. */
  #provide(): void {
    this.#start(this.#waiting.length - this.#count('starting'));
  }

  #start(wanted: number): void {
    const count = Math.min(wanted, this.#settings.limit - this.instances.size);
    for (let started = 0; started < count; started++)
      this.instances.add(
        this.#settings.start({
          onIdle: (instance) => this.#offer(instance),
          onGone: (instance, initError) => this.#forget(instance, initError),
        }),
      );
  }

  #offer(instance: FunctionInstance): void {
    const waiter = this.#waiting.shift();
    if (waiter !== undefined) waiter.take(instance);
    else this.#idle.push({ instance, sinceMs: performance.now() });
  }

  #forget(instance: FunctionInstance, initError: Buffer | undefined): void {
    this.instances.delete(instance);
    const index = this.#idle.findIndex((free) => free.instance === instance);
    if (index !== -1) this.#idle.splice(index, 1);
    if (initError !== undefined) this.#waiting.shift()?.fail(initError);
    if (this.#waiting.length > 0) this.#provide();
  }

  #count(state: FunctionInstance['state']): number {
    return [...this.instances].filter((instance) => instance.state === state).length;
  }

  #endIdle(): void {
    const before = performance.now() - this.#settings.idleMs;
    while (this.#idle[0] !== undefined && this.#idle[0].sinceMs < before) this.#idle.shift()?.instance.kill();
  }
}

const CLOSED = Buffer.from(
  JSON.stringify({ errorType: 'Runtime.ExitError', errorMessage: 'The local cloud is closing' }),
);
