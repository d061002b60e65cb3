import { randomUUID } from 'node:crypto';
import { displayName } from '../template/display-name.ts';
import type {
  Account,
  CloudClock,
  FunctionHost,
  InvokeResult,
  LogSink,
  MetricStore,
  Resource,
  StreamResult,
} from '../types.ts';
import { makeAsyncInvocations } from './async-invocations.ts';
import { embeddedMetrics } from './embedded-metrics.ts';
import { ConcurrencyExceeded, FunctionFailed, FunctionNotFound } from './function-failures.ts';
import { FunctionInstance, type Outcome } from './function-instance.ts';
import { type FunctionReference, makeFunctionReferences } from './function-reference.ts';
import { instanceEnvironment, type LocalEndpoint } from './instance-environment.ts';
import { InstancePool } from './instance-pool.ts';
import { type Reaper, startReaper } from './reaper.ts';
import { type RuntimeApi, startRuntimeApi } from './runtime-api.ts';

export interface FunctionHostSettings {
  readonly account: Account;
  /** Directory with the function's code, where its handler's file is. */
  readonly codeDirectory: (fn: Resource) => string;
  readonly environment: LocalEndpoint;
  readonly clock: CloudClock;
  readonly log: LogSink;
  readonly metrics: Pick<MetricStore, 'put'>;
  /** Most instances of a function that reserves no concurrency. @default 64 */
  readonly maxInstances?: number;
  /** An instance ends after this long without an event. @default 300,000 */
  readonly idleMs?: number;
  /** Waits before the retries of asynchronous events. @default [1000, 2000] */
  readonly retryDelaysMs?: readonly number[];
}

interface LocalFunction {
  readonly id: string;
  readonly pool: InstancePool;
  readonly timeoutMs: number;
  skewMs: (instanceIndex: number) => number;
}

/** Starts the host of all functions of the account; their instances start with their first events. */
export const startFunctionHost = async (settings: FunctionHostSettings): Promise<FunctionHost> => {
  const { account, clock, metrics } = settings;
  const reference = makeFunctionReferences(account);
  const reaper = startReaper();
  const api = await startRuntimeApi();
  const functions = makeFunctions(settings, api, reaper);

  const byId = (functionId: string): LocalFunction => {
    const named = [...functions].find(([resource, { id }]) => id === functionId || resource.logicalId === functionId);
    if (named === undefined) throw new FunctionNotFound(functionId);
    return named[1];
  };

  const measure = ({ name, qualifier }: FunctionReference, values: Readonly<Record<string, number>>) => {
    const own = { FunctionName: name };
    const sets = qualifier === undefined ? [own] : [own, { ...own, Resource: `${name}:${qualifier}` }];
    for (const dimensions of sets)
      for (const [metric, value] of Object.entries(values))
        metrics.put({
          namespace: 'AWS/Lambda',
          name: metric,
          dimensions,
          unit: metric === 'Duration' ? 'Milliseconds' : 'Count',
          value,
          atMs: clock.now(),
        });
  };

  /** Runs an event up to its reply or the start of it; `ended` is to be called at the end of a streamed one. */
  const start = async (target: FunctionReference, payload: Buffer) => {
    const fn = functions.get(target.resource);
    if (fn === undefined) throw new FunctionNotFound(target.arn);
    const startedMs = performance.now();
    const ended = (failed: boolean) =>
      measure(target, { Invocations: 1, Errors: failed ? 1 : 0, Duration: performance.now() - startedMs });
    const invocation = { requestId: randomUUID(), payload, invokedFunctionArn: target.arn, timeoutMs: fn.timeoutMs };
    try {
      const outcome = await fn.pool.run(invocation);
      if (outcome.kind !== 'streaming') ended(outcome.kind === 'failed');
      return { outcome, ended };
    } catch (error) {
      if (error instanceof ConcurrencyExceeded) measure(target, { Throttles: 1 });
      throw error;
    }
  };

  const stream = async (target: FunctionReference, payload: Buffer): Promise<StreamResult> => {
    const { outcome, ended } = await start(target, payload);
    return { contentType: contentTypeOf(outcome), chunks: chunksOf(outcome, ended) };
  };

  const invoke = async (target: FunctionReference, payload: Buffer): Promise<InvokeResult> => {
    const { chunks } = await stream(target, payload);
    const parts: Uint8Array[] = [];
    try {
      for await (const chunk of chunks) parts.push(chunk);
      return { payload: Buffer.concat(parts) };
    } catch (error) {
      if (error instanceof FunctionFailed) return { payload: error.payload, functionError: 'Unhandled' };
      throw error;
    }
  };

  const { retryDelaysMs } = settings;
  const events = makeAsyncInvocations({
    account,
    clock,
    metrics,
    invoke,
    ...(retryDelaysMs === undefined ? {} : { retryDelaysMs }),
  });
  return {
    invoke: async (functionRef, payload) => invoke(reference(functionRef), payload),
    invokeStreaming: async (functionRef, payload) => stream(reference(functionRef), payload),
    invokeAsync: async (functionRef, payload) => events.accept(reference(functionRef), payload),
    idle: () => events.idle(),
    setSkew: (functionId, skewMs) => {
      byId(functionId).skewMs = skewMs;
    },
    list: () =>
      [...functions.values()].map(({ id, pool }) => ({
        id,
        instances: [...pool.instances].map(({ pid, state }) => ({ pid, busy: state !== 'idle' })),
      })),
    kill: (functionId) => byId(functionId).pool.kill(),
    close: async () => {
      events.close();
      await Promise.all([...functions.values()].map(({ pool }) => pool.close()));
      await Promise.all([api.close(), reaper.close()]);
    },
  };
};

const makeFunctions = (settings: FunctionHostSettings, api: RuntimeApi, reaper: Reaper) => {
  const { account, clock, log, metrics, maxInstances = 64, idleMs = 300_000 } = settings;
  const resources = account.ofType('AWS::Lambda::Function');
  const names = resources.map(displayName);
  const isUnique = (name: string) => names.indexOf(name) === names.lastIndexOf(name);
  const functions = new Map<Resource, LocalFunction>();
  for (const resource of resources) {
    const { Timeout = 3, ReservedConcurrentExecutions: reserved } = resource.properties;
    const environment = instanceEnvironment(account, resource, settings.codeDirectory(resource), settings.environment);
    const id = isUnique(displayName(resource)) ? displayName(resource) : resource.logicalId;
    const onLine = (pid: number, text: string) => {
      for (const datum of embeddedMetrics(text)) metrics.put(datum);
      log({ functionId: id, pid, text });
    };
    let started = 0;
    const pool = new InstancePool({
      limit: reserved === undefined ? maxInstances : Number(reserved),
      limitReason:
        reserved === undefined
          ? 'ConcurrentInvocationLimitExceeded'
          : 'ReservedFunctionConcurrentInvocationLimitExceeded',
      idleMs,
      start: (hooks) => {
        const index = started++;
        const skewMs = () => fn.skewMs(index);
        const ownClock = { now: () => clock.now() + skewMs(), offsetMs: () => clock.offsetMs() + skewMs() };
        return new FunctionInstance({ api, reaper, environment, clock: ownClock, onLine, ...hooks });
      },
    });
    const fn: LocalFunction = { id, pool, timeoutMs: Number(Timeout) * 1000, skewMs: () => 0 };
    functions.set(resource, fn);
  }
  return functions;
};

const contentTypeOf = (outcome: Outcome): string =>
  outcome.kind === 'streaming' ? outcome.contentType : 'application/json';

async function* chunksOf(outcome: Outcome, ended: (failed: boolean) => void): AsyncGenerator<Uint8Array> {
  if (outcome.kind === 'failed') throw new FunctionFailed(outcome.error);
  if (outcome.kind === 'replied') {
    yield outcome.payload;
    return;
  }
  let failed = true;
  try {
    yield* outcome.chunks;
    failed = false;
  } finally {
    ended(failed);
  }
}
