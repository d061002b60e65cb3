/** Bytes that Switchboard reads of an agent's answer. */
export const MAX_REPLY_BYTES = 2 * 1024 * 1024;

/** One request to an agent. A Lambda function gets the body alone. */
export interface Sending {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly timeoutMs: number;
}

/** What came back. */
export type Reply =
  /** A 2xx, or a function that returned. */
  | { readonly kind: 'answered'; readonly contentType: string; readonly body: string; readonly tookMs: number }
  /** Another status, or a function that failed. */
  | {
      readonly kind: 'fault';
      /** Null for a function. */
      readonly status: number | null;
      /** `HTTP 400`, or a function's errorType. */
      readonly name: string;
      readonly location: string | undefined;
      readonly body: string;
      readonly tookMs: number;
    }
  /** Nothing whole. */
  | {
      readonly kind: 'none';
      /** `not_invoked`: AWS did not let a function begin. */
      readonly why: 'timed_out' | 'unreachable' | 'not_invoked' | 'broke_off' | 'too_large';
      /** In words that fit behind "it". */
      readonly reason: string;
      readonly tookMs: number;
    };

/** Where an agent, or its health check, is. */
export interface Target {
  readonly kind: 'http' | 'lambda';
  readonly address: string;
  /** Never throws for what the agent does. @throws UsageError if there are no AWS credentials to invoke a function with */
  readonly send: (sending: Sending) => Promise<Reply>;
}
