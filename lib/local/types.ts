/** Interfaces between the parts of the local cloud. Each part is one file and gets the others as arguments. */

/** One resource of a synthesized template, all intrinsic functions in `properties` resolved to local values. */
export interface Resource {
  readonly stack: string;
  readonly logicalId: string;
  /** CloudFormation type, such as `AWS::Lambda::Function`. */
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly dependsOn: readonly string[];
  /** As in the template, unresolved: `aws:cdk:path`, `aws:asset:path`, … */
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** All stacks of the app as they would stand in an account. */
export interface Account {
  readonly region: string;
  readonly accountId: string;
  readonly resources: readonly Resource[];
  /** All resources of a type, in template order. */
  ofType(type: string): readonly Resource[];
  /** What `Ref` gives, such as a table's name or a queue's URL. */
  ref(logicalId: string): string;
  /** What `Fn::GetAtt` gives. @throws Error if this attribute is not emulated */
  attribute(logicalId: string, name: string): string;
}

/** A clock that tests can move. Its offset only grows. */
export interface CloudClock {
  /** Milliseconds since the epoch, as every part of the local cloud and every function instance sees it. */
  now(): number;
  offsetMs(): number;
  advance(ms: number): void;
}

/** One AWS API call as it arrived at the gateway, after its caller is known. */
export interface ServiceCall {
  readonly seq: number;
  /** Logical id of the role whose credentials signed it; `operator` for the local cloud itself and tests. */
  readonly caller: string;
  /** IAM prefix: `dynamodb`, `sqs`, `lambda`, … */
  readonly service: string;
  /** IAM action name without prefix: `PutItem`, `InvokeFunction`, … */
  readonly action: string;
  /** ARN that the action is authorized on. */
  readonly resource: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface ServiceReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | AsyncIterable<Uint8Array>;
}

/** What answers the calls of one service, after authorization. */
export type ServiceBackend = (call: ServiceCall) => Promise<ServiceReply>;

/**
 * A test's hook at the gateway: `before` may answer in the service's place (throttle, 500) or wait;
 * `after` may replace or withhold the reply of a call that has taken effect. A thrown `ConnectionReset` closes the socket.
 */
export interface Interposer {
  before?(call: ServiceCall): Promise<ServiceReply | undefined>;
  after?(call: ServiceCall, reply: ServiceReply): Promise<ServiceReply | undefined>;
}

/** One line of the ledger of AWS calls. Times are milliseconds since the epoch (cloud clock). */
export interface LedgerEntry {
  readonly seq: number;
  readonly started_ms: number;
  readonly ended_ms: number;
  readonly caller: string;
  readonly service: string;
  readonly action: string;
  readonly resource: string;
  /** Request and reply bodies together. */
  readonly bytes: number;
  /** Consumed DynamoDB capacity, 0 for other services. */
  readonly capacity_units: number;
  readonly status: number;
  /** Turns whose ids occur in the request or, for reads, in the reply. */
  readonly turn_ids: readonly string[];
}

export interface Ledger {
  record(entry: LedgerEntry): void;
  /** Entries, oldest first; at most the newest 100,000 are kept. */
  entries(filter?: { turnId?: string; sinceSeq?: number }): readonly LedgerEntry[];
}

/** The reply of a function that ran to its end or failed. */
export interface InvokeResult {
  readonly payload: Buffer;
  /** Set when the handler threw, the process died or the timeout struck; `payload` is then `{errorType, errorMessage}`. */
  readonly functionError?: 'Unhandled';
}

/** A streamed reply; `chunks` throws `FunctionFailed` when the function fails midway. */
export interface StreamResult {
  /** `application/vnd.awslambda.http-integration-response` or what the handler set; from the Runtime API's header. */
  readonly contentType: string;
  readonly chunks: AsyncIterable<Uint8Array>;
}

export interface FunctionView {
  readonly id: string;
  readonly instances: readonly { readonly pid: number; readonly busy: boolean }[];
}

/** Runs the functions' real bundles, one process per instance, one event at a time in each. */
export interface FunctionHost {
  /**
   * Runs one event. `functionRef` is a name, ARN or qualified ARN (version or alias) of a function.
   * @throws FunctionNotFound, ConcurrencyExceeded (the service's TooManyRequestsException)
   */
  invoke(functionRef: string, payload: Buffer): Promise<InvokeResult>;
  invokeStreaming(functionRef: string, payload: Buffer): Promise<StreamResult>;
  /**
   * Accepts an event and runs it later, with the retries and the maximum age of its `AWS::Lambda::EventInvokeConfig`
   * (AWS's defaults without one: 2 retries, 6 hours).
   * @throws FunctionNotFound
   */
  invokeAsync(functionRef: string, payload: Buffer): Promise<void>;
  /** Resolves once no accepted asynchronous event is waiting, running or due for a retry. */
  idle(): Promise<void>;
  /** Sets the clocks of a function's instances apart: the n-th instance ever started (from 0) is off by `skewMs(n)`. */
  setSkew(functionId: string, skewMs: (instanceIndex: number) => number): void;
  list(): readonly FunctionView[];
  /** Kills every instance of a function at once with SIGKILL; returns how many there were. */
  kill(functionId: string): number;
  close(): Promise<void>;
}

/** One measured value, from EMF lines that functions print and from the local services themselves. */
export interface MetricDatum {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly unit: string;
  readonly value: number;
  readonly atMs: number;
}

export interface MetricStore {
  put(datum: MetricDatum): void;
  /** Data of one metric with exactly these dimensions in [fromMs, toMs). */
  query(
    metric: Pick<MetricDatum, 'namespace' | 'name' | 'dimensions'>,
    fromMs: number,
    toMs: number,
  ): readonly MetricDatum[];
  all(): readonly MetricDatum[];
}

/** A line that an instance printed. */
export type LogSink = (line: { functionId: string; pid: number; text: string }) => void;
