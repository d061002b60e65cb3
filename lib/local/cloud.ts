import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMetricStore } from './alarms/metric-store.ts';
import { installClock, makeClock } from './clock.ts';
import { type Gateway, openGateway } from './gateway/gateway.ts';
import { makeLedger } from './gateway/ledger.ts';
import { createKey, issuerAt, openKey, signToken, type TokenRequest } from './oidc.ts';
import { type Closers, makeClosers } from './process/closers.ts';
import { openDataFolder } from './process/data-folder.ts';
import { freePort } from './process/free-port.ts';
import type { Running } from './run-account.ts';
import type { AddStacks } from './template/synthesize.ts';
import type { StackTemplate } from './template/template.ts';
import type { CloudClock, FunctionHost, Interposer, Ledger, LogSink, MetricStore } from './types.ts';

export interface CloudOptions {
  /** Of the front door. @default - a free one */
  readonly port?: number;
  /** Folder for everything that outlives this process. @default - in memory */
  readonly dataDir?: string;
  /** Empties `dataDir` first. @default false */
  readonly reset?: boolean;
  /** Settings of `lib/config.ts` for the stacks, over those of the local stage. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Stacks of teams that run beside Switchboard's own. @default - none */
  readonly stacks?: readonly AddStacks[];
  /** Changes the synthesized templates before they are run: a test takes a permission away. */
  readonly mutateTemplates?: (templates: readonly StackTemplate[]) => void;
  /** Instances of one function at a time. @default - the function host's */
  readonly maxInstances?: number;
  /** False leaves schedules to `runSchedules`. @default true */
  readonly automaticSchedules?: boolean;
  /** Gets every line that a function prints. @default - nobody */
  readonly log?: LogSink;
  /** Hears of faults in the background, which nobody waits for. @default - nobody */
  readonly report?: (error: Error) => void;
  /** Hears what is being done while the cloud comes up. @default - nobody */
  readonly progress?: (step: string) => void;
  /** Gives the start up. @default - never */
  readonly signal?: AbortSignal;
}

/** The stacks, running on this machine. */
export interface Cloud extends Pick<Running, 'account' | 'host' | 'runSchedules' | 'alarms' | 'queues'> {
  /** Base URL of the API. */
  readonly url: string;
  readonly gatewayUrl: string;
  readonly ledger: Ledger;
  readonly metrics: MetricStore;
  /** Moves everything that depends on time. */
  readonly clock: CloudClock;
  readonly host: FunctionHost;
  /** Moves the clock and resolves when items that expired are gone. */
  advanceClock(ms: number): Promise<void>;
  token(request: TokenRequest): Promise<string>;
  setInterposers(interposers: readonly Interposer[]): void;
  /** Stops everything, in order. */
  close(): Promise<void>;
}

/**
 * Synthesizes the stacks in this process and runs them. The process's `Date` follows the cloud's clock until `close`.
 *
 * @throws StartError for what the person at the terminal can remove: a taken port, a data folder in use or damaged
 * @throws Error naming what the local cloud does not emulate, or what a custom resource's function said
 */
export const startCloud = async (options: CloudOptions = {}): Promise<Cloud> => {
  const closers = makeClosers();
  try {
    return await start(options, closers);
  } catch (error) {
    await closers.closeAll();
    throw error;
  }
};

const start = async (options: CloudOptions, closers: Closers): Promise<Cloud> => {
  const { progress = () => undefined, report = () => undefined, signal } = options;
  const data = options.dataDir === undefined ? undefined : openDataFolder(options.dataDir, options.reset ?? false);
  if (data !== undefined) closers.add(data.release);
  const port = await freePort(options.port ?? 0);
  const issuer = issuerAt(port);
  const key = data === undefined ? await createKey() : await openKey(data.path);
  const keepOffset = (clockOffsetMs: number) => data?.writeRecord({ format: 1, port, issuer, clockOffsetMs });
  const clock = makeClock(data?.record?.clockOffsetMs, keepOffset);
  keepOffset(clock.offsetMs());
  const gateway = await openGateway({ port: 0 });
  closers.add(gateway.close);
  signal?.throwIfAborted();

  progress('synthesizing the stacks');
  // CDK, engines and SDK take seconds to load: what is wrong with port or folder is said before.
  const { localSettings, synthesize } = await import('./template/synthesize.ts');
  const { runAccount } = await import('./run-account.ts');
  const assembly = assemblyFolder(data?.path, closers);
  const synthesized = await synthesize(localSettings(issuer, options.settings ?? {}), assembly, options.stacks);
  options.mutateTemplates?.(synthesized.templates);
  signal?.throwIfAborted();

  closers.add(installClock(clock));
  const ledger = makeLedger();
  const metrics = createMetricStore(clock);
  const running = await runAccount({
    options: { ...options, progress, report },
    synthesized,
    gateway,
    ledger,
    metrics,
    clock,
    port,
    oidc: { issuer, key },
    closers,
  });
  return {
    ...running,
    ...shared(gateway, ledger, metrics),
    clock: { ...clock, advance: (ms) => void running.advanceClock(ms).catch(report) },
    token: (request) => signToken(key, issuer, request, clock.now()),
    close: closers.closeAll,
  };
};

const shared = (gateway: Gateway, ledger: Ledger, metrics: MetricStore) => ({
  gatewayUrl: gateway.url,
  setInterposers: gateway.setInterposers,
  ledger,
  metrics,
});

/** Where the synthesized code lies while the cloud runs: not in `cdk.out`, which is a deployment's. */
const assemblyFolder = (dataFolder: string | undefined, closers: Closers): string => {
  const folder = dataFolder === undefined ? mkdtempSync(join(tmpdir(), 'switchboard-')) : join(dataFolder, 'assembly');
  rmSync(folder, { recursive: true, force: true });
  if (dataFolder === undefined) closers.add(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};
