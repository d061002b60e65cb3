import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';

/** This checkout. */
export const ROOT = join(import.meta.dirname, '..', '..');

const BIN = join(ROOT, 'node_modules', '.bin');

/** How a tool ended, with everything that it printed. */
export interface ToolRun {
  /** Exit status; null if a signal ended it. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one of the project's tools, found as npm scripts find it. @throws Error if it can't be started */
export const runTool = (
  command: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<ToolRun> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd ?? ROOT,
      env: { ...process.env, PATH: `${BIN}${delimiter}${process.env.PATH ?? ''}`, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const printed = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const)
      child[name].setEncoding('utf8').on('data', (text: string) => {
        printed[name] += text;
      });
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, ...printed }));
  });
