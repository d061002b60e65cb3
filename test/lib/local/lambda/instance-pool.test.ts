import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ConcurrencyExceeded } from '../../../../lib/local/lambda/function-failures.ts';
import type { FunctionInstance, InstanceState, Outcome } from '../../../../lib/local/lambda/function-instance.ts';
import { InstancePool } from '../../../../lib/local/lambda/instance-pool.ts';

type Hooks = Parameters<ConstructorParameters<typeof InstancePool>[0]['start']>[0];

/** An instance that a test moves from state to state. */
class FakeInstance {
  state: InstanceState = 'starting';
  readonly hooks: Hooks;
  readonly kill = vi.fn();
  #settle: (outcome: Outcome) => void = () => undefined;

  constructor(hooks: Hooks) {
    this.hooks = hooks;
  }

  get self(): FunctionInstance {
    return this as unknown as FunctionInstance;
  }

  run(): Promise<Outcome> {
    this.state = 'busy';
    return new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  reply(): void {
    this.state = 'finishing';
    this.#settle({ kind: 'replied', payload: Buffer.from('ok') });
  }

  becomeIdle(): void {
    this.state = 'idle';
    this.hooks.onIdle(this.self);
  }

  die(initError?: Buffer): void {
    this.state = 'gone';
    this.hooks.onGone(this.self, initError);
  }
}

const EVENT = { requestId: 'r', payload: Buffer.from('{}'), invokedFunctionArn: 'arn', timeoutMs: 1000 };
const OK = { kind: 'replied', payload: Buffer.from('ok') };
let started: FakeInstance[];

const makePool = (limit = 3) =>
  new InstancePool({
    limit,
    limitReason: 'ConcurrentInvocationLimitExceeded',
    idleMs: 60_000,
    start: (hooks) => {
      const instance = new FakeInstance(hooks);
      started.push(instance);
      return instance.self;
    },
  });
const nth = (index: number): FakeInstance => {
  const instance = started[index];
  if (instance === undefined) throw new Error(`only ${started.length} started`);
  return instance;
};

beforeEach(() => {
  started = [];
  vi.useFakeTimers();
});
afterEach(() => vi.useRealTimers());

it('gives a waiting event the first instance that is free, new or old', async () => {
  const pool = makePool();
  const first = pool.run(EVENT);
  nth(0).becomeIdle();
  const second = pool.run(EVENT);
  expect(started).toHaveLength(2);
  nth(0).reply();
  nth(0).becomeIdle();
  nth(0).reply();
  await expect(Promise.all([first, second])).resolves.toEqual([OK, OK]);
  nth(1).becomeIdle();
  expect([...pool.instances]).toHaveLength(2);
});

it('waits a little for an instance that has replied, and no longer', async () => {
  const pool = makePool();
  void pool.run(EVENT);
  nth(0).becomeIdle();
  nth(0).reply();
  void pool.run(EVENT);
  nth(0).becomeIdle();
  expect(nth(0).state).toBe('busy');
  nth(0).reply();
  void pool.run(EVENT);
  // The first wait is long over: only the present one counts.
  vi.advanceTimersByTime(49);
  expect(started).toHaveLength(1);
  vi.advanceTimersByTime(1);
  expect(started).toHaveLength(2);
});

it('rejects more events than its limit at a time', async () => {
  const pool = makePool(1);
  void pool.run(EVENT);
  await expect(pool.run(EVENT)).rejects.toBeInstanceOf(ConcurrencyExceeded);
  nth(0).becomeIdle();
  await expect(pool.run(EVENT)).rejects.toBeInstanceOf(ConcurrencyExceeded);
  nth(0).reply();
  void pool.run(EVENT);
  expect(started).toHaveLength(1);
});

it('survives instances that never become ready: one event learns why, the others get new ones', async () => {
  const pool = makePool();
  const first = pool.run(EVENT);
  const second = pool.run(EVENT);
  nth(0).die(Buffer.from('why'));
  await expect(first).resolves.toEqual({ kind: 'failed', error: Buffer.from('why') });
  nth(1).becomeIdle();
  nth(1).reply();
  await expect(second).resolves.toEqual(OK);
  expect(started).toHaveLength(2);
});

it('ends what has been idle for long, and takes nothing after close', async () => {
  const pool = makePool();
  void pool.run(EVENT);
  nth(0).becomeIdle();
  nth(0).reply();
  nth(0).becomeIdle();
  vi.advanceTimersByTime(55_000);
  expect(nth(0).kill).not.toHaveBeenCalled();
  vi.advanceTimersByTime(20_000);
  expect(nth(0).kill).toHaveBeenCalled();
  nth(0).die();
  await pool.close();
  await expect(pool.run(EVENT)).resolves.toMatchObject({ kind: 'failed' });
  expect(started).toHaveLength(1);
});
