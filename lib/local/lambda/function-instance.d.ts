import type { Reaper } from './reaper.ts';
import type { RuntimeApi } from './runtime-api.ts';
export interface Invocation {
  readonly requestId: string;
  readonly payload: Buffer;
  readonly invokedFunctionArn: string;
  readonly timeoutMs: number;
}
/** What became of an event; `error` is JSON `{errorType, errorMessage, trace?}`. */
export type Outcome =
  | {
      readonly kind: 'replied';
      readonly payload: Buffer;
    }
  | {
      readonly kind: 'failed';
      readonly error: Buffer;
    }
  | {
      readonly kind: 'streaming';
      readonly contentType: string;
      readonly chunks: AsyncIterable<Uint8Array>;
    };
/** `finishing`: the reply is there, but the process has not asked for the next event yet. */
export type InstanceState = 'starting' | 'idle' | 'busy' | 'finishing' | 'gone';
export interface InstanceSettings {
  readonly api: RuntimeApi;
  readonly reaper: Reaper;
  readonly environment: Readonly<Record<string, string>>;
  /** Now by the cloud's clock, and that clock's offset, with the instance's own skew in both. */
  readonly clock: {
    now(): number;
    offsetMs(): number;
  };
  readonly onLine: (pid: number, text: string) => void;
  /** The instance became idle: it may be given an event. */
  readonly onIdle: (instance: FunctionInstance) => void;
  /** The process ended; `initError` says why if it never became ready. */
  readonly onGone: (instance: FunctionInstance, initError: Buffer | undefined) => void;
}
/** One process that runs one event at a time, until it dies. */
export declare class FunctionInstance {
  #private;
  readonly pid: number;
  readonly exited: Promise<void>;
  /** @throws Error if the process cannot be started */
  constructor(settings: InstanceSettings);
  get state(): InstanceState;
  /** Runs one event; only an idle instance can. A timeout kills the process. */
  run({ requestId, payload, invokedFunctionArn, timeoutMs }: Invocation): Promise<Outcome>;
  /** Ends the process and whatever it started, at once. */
  kill(): void;
}
