import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { FunctionFailed } from './function-failures.ts';
import type { Reaper } from './reaper.ts';
import type { RuntimeApi, RuntimeEvent } from './runtime-api.ts';

/** Lambda allows 10 s; many instances that start at once on a few cores need longer. */
const INIT_TIMEOUT_MS = 60_000;
const BOOTSTRAP = fileURLToPath(new URL('bootstrap.mjs', import.meta.url));

export interface Invocation {
  readonly requestId: string;
  readonly payload: Buffer;
  readonly invokedFunctionArn: string;
  readonly timeoutMs: number;
}

/** What became of an event; `error` is JSON `{errorType, errorMessage, trace?}`. */
export type Outcome =
  | { readonly kind: 'replied'; readonly payload: Buffer }
  | { readonly kind: 'failed'; readonly error: Buffer }
  | { readonly kind: 'streaming'; readonly contentType: string; readonly chunks: AsyncIterable<Uint8Array> };

/** `finishing`: the reply is there, but the process has not asked for the next event yet. */
export type InstanceState = 'starting' | 'idle' | 'busy' | 'finishing' | 'gone';

export interface InstanceSettings {
  readonly api: RuntimeApi;
  readonly reaper: Reaper;
  readonly environment: Readonly<Record<string, string>>;
  /** Now by the cloud's clock, and that clock's offset, with the instance's own skew in both. */
  readonly clock: { now(): number; offsetMs(): number };
  readonly onLine: (pid: number, text: string) => void;
  /** The instance became idle: it may be given an event. */
  readonly onIdle: (instance: FunctionInstance) => void;
  /** The process ended; `initError` says why if it never became ready. */
  readonly onGone: (instance: FunctionInstance, initError: Buffer | undefined) => void;
}

/** One process that runs one event at a time, until it dies. */
export class FunctionInstance {
  readonly pid: number;
  readonly exited: Promise<void>;
  readonly #settings: InstanceSettings;
  readonly #key = randomUUID();
  readonly #child: ChildProcess;
  #state: InstanceState = 'starting';
  #deliver: ((event: RuntimeEvent) => void) | undefined;
  #timer: NodeJS.Timeout;
  #settle: ((outcome: Outcome) => void) | undefined;
  #requestId = '';
  /** Why the process ended, once it has or is about to. */
  #verdict: Buffer | undefined;

  /** @throws Error if the process cannot be started */
  constructor(settings: InstanceSettings) {
    this.#settings = settings;
    const { api, reaper, environment, clock } = settings;
    // Lambda counts all that a process takes; this counts its JavaScript heap, which is where leaks are.
    const heapLimit = `--max-old-space-size=${environment.AWS_LAMBDA_FUNCTION_MEMORY_SIZE}`;
    this.#child = spawn(process.execPath, [heapLimit, BOOTSTRAP, String(clock.offsetMs())], {
      cwd: environment.LAMBDA_TASK_ROOT,
      env: {
        ...environment,
        AWS_LAMBDA_RUNTIME_API: api.address(this.#key),
        AWS_LAMBDA_LOG_STREAM_NAME: `local/[${environment.AWS_LAMBDA_FUNCTION_VERSION}]${this.#key}`,
      },
      // A process group of its own: Ctrl-C reaches only the parent, which then closes in order.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child.once('error', (error) => this.#gone(`Error: Runtime failed to start: ${error.message}`));
    this.pid = this.#child.pid ?? -1;
    if (this.#child.pid !== undefined) reaper.watch(this.pid);
    this.exited = new Promise((resolve) => {
      this.#child.once('close', () => resolve());
      this.#child.once('error', () => resolve());
    });
    this.#child.once('exit', (code, signal) => {
      reaper.forget(this.pid);
      this.#gone(exitReason(code, signal));
    });
    this.#readLines();
    this.#timer = this.#killAfter(INIT_TIMEOUT_MS, () => timedOut('INIT', INIT_TIMEOUT_MS));
    api.register(this.#key, {
      ready: (deliver) => this.#ready(deliver),
      replied: (id, payload) => this.#ended(id, { kind: 'replied', payload }),
      failed: (id, error) => this.#ended(id, { kind: 'failed', error }),
      streaming: (id, contentType, chunks) =>
        this.#ended(id, { kind: 'streaming', contentType, chunks: this.#guarded(chunks) }),
      initFailed: (error) => {
        this.#verdict ??= error;
      },
    });
  }

  get state(): InstanceState {
    return this.#state;
  }

  /** Runs one event; only an idle instance can. A timeout kills the process. */
  run({ requestId, payload, invokedFunctionArn, timeoutMs }: Invocation): Promise<Outcome> {
    const deliver = this.#deliver;
    if (this.#state !== 'idle' || deliver === undefined) throw new Error(`Instance ${this.pid} is ${this.#state}`);
    const { clock } = this.#settings;
    this.#state = 'busy';
    this.#deliver = undefined;
    this.#requestId = requestId;
    this.#timer = this.#killAfter(timeoutMs, () => timedOut(`RequestId: ${requestId}`, timeoutMs));
    const outcome = new Promise<Outcome>((resolve) => {
      this.#settle = resolve;
    });
    deliver({
      requestId,
      payload,
      invokedFunctionArn,
      deadlineMs: clock.now() + timeoutMs,
      traceId: `Root=1-${hex(8)}-${hex(24)};Parent=${hex(16)};Sampled=0`,
      clockOffsetMs: clock.offsetMs(),
    });
    return outcome;
  }

  /** Ends the process and whatever it started, at once. */
  kill(): void {
    if (this.#state === 'gone') return;
    try {
      process.kill(-this.pid, 'SIGKILL');
    } catch (error) {
      // ESRCH: it has just ended by itself.
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
    }
  }

  #ready(deliver: (event: RuntimeEvent) => void): void {
    clearTimeout(this.#timer);
    this.#deliver = deliver;
    this.#state = 'idle';
    this.#settings.onIdle(this);
  }

  #ended(requestId: string, outcome: Outcome): void {
    if (requestId !== this.#requestId) return;
    // A stream has only begun: its handler still works.
    if (outcome.kind !== 'streaming') this.#state = 'finishing';
    // It crashed in the middle of its stream: what it last said of it explains the broken stream.
    if (outcome.kind === 'failed' && this.#settle === undefined) this.#verdict ??= outcome.error;
    this.#settle?.(outcome);
    this.#settle = undefined;
  }

  async *#guarded(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    try {
      yield* chunks;
    } catch (error) {
      if (error instanceof FunctionFailed) throw error;
      await this.exited;
      throw new FunctionFailed(this.#verdict ?? failure('Runtime.ExitError', String(error)));
    }
    if (this.#state === 'busy') this.#state = 'finishing';
  }

  #gone(reason: string): void {
    if (this.#state === 'gone') return;
    clearTimeout(this.#timer);
    const starting = this.#state === 'starting';
    this.#state = 'gone';
    this.#settings.api.unregister(this.#key);
    const verdict = this.#verdict ?? failure('Runtime.ExitError', `RequestId: ${this.#requestId} ${reason}`);
    this.#verdict = verdict;
    this.#settle?.({ kind: 'failed', error: verdict });
    this.#settle = undefined;
    this.#settings.onGone(this, starting ? verdict : undefined);
  }

  #killAfter(ms: number, verdict: () => Buffer): NodeJS.Timeout {
    return setTimeout(() => {
      this.#verdict = verdict();
      this.kill();
    }, ms);
  }

  #readLines(): void {
    for (const output of [this.#child.stdout, this.#child.stderr])
      if (output !== null)
        createInterface({ input: output }).on('line', (text) => this.#settings.onLine(this.pid, text));
  }
}

const hex = (length: number): string => randomUUID().replaceAll('-', '').slice(0, length);

const failure = (errorType: string, errorMessage: string): Buffer =>
  Buffer.from(JSON.stringify({ errorType, errorMessage }));

const timedOut = (what: string, ms: number): Buffer =>
  failure('Sandbox.Timedout', `${what} Error: Task timed out after ${(ms / 1000).toFixed(2)} seconds`);

/** As Lambda names them; a heap that is full aborts. */
const SIGNAL_WORDS: Readonly<Partial<Record<NodeJS.Signals, string>>> = { SIGKILL: 'killed', SIGABRT: 'aborted' };

const exitReason = (code: number | null, signal: NodeJS.Signals | null): string => {
  if (signal !== null) return `Error: Runtime exited with error: signal: ${SIGNAL_WORDS[signal] ?? signal}`;
  if (code !== 0) return `Error: Runtime exited with error: exit status ${code}`;
  return 'Error: Runtime exited without providing a reason';
};
