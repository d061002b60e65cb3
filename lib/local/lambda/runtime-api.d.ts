/** What an instance gets for its `next`. */
export interface RuntimeEvent {
  readonly requestId: string;
  readonly payload: Buffer;
  /** Milliseconds since the epoch by the instance's own clock. */
  readonly deadlineMs: number;
  readonly invokedFunctionArn: string;
  readonly traceId: string;
  readonly clockOffsetMs: number;
}
/** The host's side of one instance: what its process asks and tells. */
interface RuntimePeer {
  /** The process is ready for an event: `deliver` hands it over. */
  ready(deliver: (event: RuntimeEvent) => void): void;
  replied(requestId: string, payload: Buffer): void;
  /** A streamed reply begins; `chunks` throws `FunctionFailed` when the handler fails midway. */
  streaming(requestId: string, contentType: string, chunks: AsyncIterable<Uint8Array>): void;
  /** `error` is JSON `{errorType, errorMessage, trace}`. */
  failed(requestId: string, error: Buffer): void;
  initFailed(error: Buffer): void;
}
export interface RuntimeApi {
  /** Value of `AWS_LAMBDA_RUNTIME_API` for the instance with this key. */
  address(key: string): string;
  register(key: string, peer: RuntimePeer): void;
  unregister(key: string): void;
  close(): Promise<void>;
}
/**
 * Serves Lambda's Runtime API to every instance at one port of 127.0.0.1; an instance is told apart by the secret key
 * that begins its paths.
 */
export declare const startRuntimeApi: () => Promise<RuntimeApi>;
