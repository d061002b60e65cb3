import { afterEach } from 'vitest';
import { type Cloud, type CloudOptions, startCloud } from '../../lib/local/cloud.ts';
import { type Client, makeClient } from './client.ts';
import { type Control, controlOf } from './control.ts';

/** A cloud of one test file's own, in its process and in memory: to be killed, moved in time or taken rights from. */
export interface OwnCloud {
  readonly cloud: Cloud;
  readonly control: Control;
  /** As the user alice. */
  readonly client: Client;
  /** What the functions printed, oldest first. */
  readonly lines: readonly string[];
  /** Faults that nobody waited for. */
  readonly faults: readonly Error[];
}

/** Its schedules run only when a test says so, and it throttles nobody. */
export const openCloud = async (options: CloudOptions = {}): Promise<OwnCloud> => {
  const lines: string[] = [];
  const faults: Error[] = [];
  const cloud = await startCloud({
    automaticSchedules: false,
    log: ({ functionId, text }) => lines.push(`${functionId}: ${text}`),
    report: (error) => faults.push(error),
    ...options,
    settings: { throttleRate: 5_000, throttleBurst: 5_000, ...options.settings },
  });
  const client = makeClient(cloud.url, await cloud.token({ user: 'alice' }));
  return { cloud, control: controlOf(cloud.url), client, lines, faults };
};

const SHOWN_LINES = 40;

/** Prints what the functions said last after every test that fails. */
export const explainFailures = (own: () => OwnCloud): void =>
  afterEach(({ task }) => {
    if (task.result?.state !== 'fail') return;
    const said = own().lines.filter((line) => !/"_aws"|"level":"INFO"/.test(line));
    console.error([`${task.name}: the functions said last`, ...said.slice(-SHOWN_LINES)].join('\n'), own().faults);
  });
