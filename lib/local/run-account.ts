import { join } from 'node:path';
import type { JWK } from 'jose';
import { type AlarmView, startAlarms } from './alarms/alarms.ts';
import { sampleQueues } from './alarms/queue-metrics.ts';
import type { CloudOptions } from './cloud.ts';
import { controlRoutes } from './control.ts';
import { type QueueCounts, type Queues, startQueues } from './engines/queues.ts';
import { openSecrets, type Secrets } from './engines/secrets.ts';
import { startTables, type Tables } from './engines/tables.ts';
import { startEventSources } from './events/event-sources.ts';
import { keepCustomResources } from './events/keep-custom-resources.ts';
import { type ScheduleRun, startSchedules } from './events/schedules.ts';
import { startFrontDoor } from './front-door/front-door.ts';
import type { Gateway } from './gateway/gateway.ts';
import { makeLambdaBackend } from './gateway/lambda-service.ts';
import { makeIam } from './iam/iam.ts';
import { type MayInvoke, makeMayInvoke } from './iam/lambda-permissions.ts';
import { startFunctionHost } from './lambda/function-host.ts';
import { oidcRoutes } from './oidc.ts';
import type { Closers } from './process/closers.ts';
import { StartError } from './process/start-error.ts';
import { displayName } from './template/display-name.ts';
import { unsupported } from './template/emulated.ts';
import type { Synthesized } from './template/synthesize.ts';
import { resolveTemplates } from './template/template.ts';
import type { Account, CloudClock, FunctionHost, Ledger, MetricStore } from './types.ts';

/** What the parts of a running account share. */
interface Ground {
  readonly options: CloudOptions & Required<Pick<CloudOptions, 'progress' | 'report'>>;
  readonly synthesized: Synthesized;
  readonly gateway: Gateway;
  readonly ledger: Ledger;
  readonly metrics: MetricStore;
  readonly clock: CloudClock;
  /** Of the front door. */
  readonly port: number;
  readonly oidc: { readonly issuer: string; readonly key: JWK };
  /** Gets whatever is started. */
  readonly closers: Closers;
}

export interface Running {
  readonly url: string;
  readonly account: Account;
  readonly host: FunctionHost;
  runSchedules(): Promise<readonly ScheduleRun[]>;
  alarms(): readonly AlarmView[];
  queues(): readonly QueueCounts[];
  advanceClock(ms: number): Promise<void>;
}

/** DynamoDB deletes expired items within days; here it takes a minute. */
const EXPIRE_EVERY_MS = 60_000;
/** What event sources get to end before their functions are stopped. */
const GRACE_MS = 2000;

/** Starts everything that the templates describe, the front door last. What is started stops by the closers. */
export const runAccount = async (ground: Ground): Promise<Running> => {
  const { options, synthesized, gateway, closers, clock, metrics, ledger } = ground;
  const { report, signal } = options;
  const account = resolveTemplates(synthesized.templates, { gatewayUrl: gateway.url });
  const missing = unsupported(account.resources);
  if (missing.length > 0) throw new Error(`the local cloud does not emulate:\n${missing.join('\n')}`);

  options.progress('opening tables and queues');
  const { tables, queues } = await openStores(account, ground);
  signal?.throwIfAborted();
  const mayInvoke = makeMayInvoke(account);
  const secrets = openSecrets(account, options.dataDir);
  const host = await openHost(account, ground, { tables, queues, secrets });

  options.progress('registering the agents');
  const customResources = await keepCustomResources({ ...options, account, host, dataDir: options.dataDir });
  closers.add(customResources.stop);
  signal?.throwIfAborted();

  const schedules = startSchedules({
    ...{ account, host, clock, metrics, mayInvoke, report },
    automatic: options.automaticSchedules ?? true,
  });
  closers.add(schedules.close);
  const sources = await startEventSources({ account, host, gatewayUrl: gateway.url, report });
  closers.add(() => Promise.race([sources.close(), elapsed(GRACE_MS)]));
  const sample = () => sampleQueues(account, queues.counts(), metrics, clock);
  const alarms = startAlarms({ account, metrics, clock, sample });
  closers.add(alarms.close);
  const expiring = setInterval(() => void tables.expireItems(clock.now()).catch(report), EXPIRE_EVERY_MS);
  closers.add(() => clearInterval(expiring));

  const names = new Map(account.resources.map((resource) => [resource.logicalId, displayName(resource)]));
  const running = {
    account,
    host,
    runSchedules: schedules.runAll,
    alarms: alarms.evaluate,
    queues: () => queues.counts().map((count) => ({ ...count, id: names.get(count.id) ?? count.id })),
    advanceClock: async (ms: number) => {
      clock.advance(ms);
      await tables.expireItems(clock.now());
      schedules.wake();
    },
  };
  const url = await openFrontDoor(account, ground, mayInvoke, { ...running, clock, ledger, metrics, secrets });
  customResources.deleteLeft();
  return { ...running, url };
};

const openStores = async (
  account: Account,
  { options, closers }: Ground,
): Promise<{ tables: Tables; queues: Queues }> => {
  const folder = (name: string) => (options.dataDir === undefined ? undefined : join(options.dataDir, name));
  const opened = async <T extends { close(): Promise<void> }>(opening: Promise<T>): Promise<T> => {
    const store = await opening.catch((error: Error) => {
      if (options.dataDir === undefined) throw error;
      throw unusable(options.dataDir, error);
    });
    closers.add(store.close);
    return store;
  };
  const tables = await opened(startTables(account, folder('dynamodb')));
  const queues = await opened(startQueues(account, folder('sqs')));
  return { tables, queues };
};

const unusable = (dataDir: string, error: Error): StartError =>
  new StartError(
    `data folder ${dataDir} can't be used: ${error.message.replace(/; start with --reset$/, '')}; start with --reset to empty it`,
    { cause: error },
  );

const openHost = async (
  account: Account,
  ground: Ground,
  { tables, queues, secrets }: { tables: Tables; queues: Queues; secrets: Secrets },
): Promise<FunctionHost> => {
  const { options, synthesized, gateway, closers, clock, metrics, ledger } = ground;
  const host = await startFunctionHost({
    account,
    codeDirectory: synthesized.codeDirectory,
    environment: { endpointUrl: gateway.url },
    clock,
    log: options.log ?? (() => undefined),
    metrics,
    ...(options.maxInstances === undefined ? {} : { maxInstances: options.maxInstances }),
  });
  closers.add(host.close);
  gateway.serve({
    account,
    iam: makeIam(account),
    backends: {
      dynamodb: tables.backend,
      sqs: queues.backend,
      lambda: makeLambdaBackend(host),
      secretsmanager: secrets.backend,
    },
    ledger,
    clock,
    onFault: (error) => options.report(error instanceof Error ? error : new Error(String(error))),
  });
  return host;
};

const openFrontDoor = async (
  account: Account,
  { options, closers, clock, metrics, port, oidc }: Ground,
  mayInvoke: MayInvoke,
  controlled: Parameters<typeof controlRoutes>[0] & { host: FunctionHost },
): Promise<string> => {
  const door = await startFrontDoor({
    ...{ account, host: controlled.host, port, clock, metrics, mayInvoke },
    log: options.log ?? (() => undefined),
    extraRoutes: controlRoutes(controlled, oidcRoutes(oidc.issuer, oidc.key)),
  });
  closers.add(door.close);
  return door.url;
};

/** Does not keep the process alive. */
const elapsed = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
