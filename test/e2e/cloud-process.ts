import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { ROOT } from '../check/run-tool.ts';

/** A local cloud as `npm start` runs it. */
export interface CloudProcess {
  readonly child: ChildProcess;
  readonly url: string;
  readonly token: string;
  /** Everything that it printed so far. */
  output(): string;
  /** Presses Ctrl-C and waits. @returns the exit code; null if a signal ended it */
  stop(): Promise<number | null>;
}

const READY = /is ready at (http:\/\/\S+) /;
const TOKEN = /^[\w-]+\.[\w-]+\.[\w-]+$/m;
const START_TIMEOUT_MS = 90_000;

/** Resolves once the cloud is ready. @throws Error with what it printed if it ends before */
export const startCloudProcess = async (args: readonly string[]): Promise<CloudProcess> => {
  // As from a shell: npm, if it runs these tests, is no business of this cloud's.
  const { npm_lifecycle_event: _, ...env } = process.env;
  const child = spawn(process.execPath, ['lib/local/start.mjs', ...args], {
    cwd: ROOT,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  const exited = once(child, 'exit');
  const ready = new Promise<void>((resolve) => {
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        printed += text;
        if (READY.test(printed) && TOKEN.test(printed)) resolve();
      });
  });
  const late = setTimeout(() => child.kill('SIGKILL'), START_TIMEOUT_MS);
  await Promise.race([ready, exited]);
  clearTimeout(late);
  if (child.exitCode !== null || child.signalCode !== null) throw new Error(`the cloud did not come up:\n${printed}`);
  return {
    child,
    url: READY.exec(printed)?.[1] ?? '',
    token: TOKEN.exec(printed)?.[0] ?? '',
    output: () => printed,
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGINT');
        await exited;
      }
      return child.exitCode;
    },
  };
};
