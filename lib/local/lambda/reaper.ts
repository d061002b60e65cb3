import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface Reaper {
  /** Has this process's group killed if the present process ends, however it does. */
  watch(pid: number): void;
  /** Call it as soon as the process is known to be gone: its pid may come again. */
  forget(pid: number): void;
  /** Ends the reaper, and with it whatever it still watches. */
  close(): Promise<void>;
}

const SCRIPT = fileURLToPath(new URL('reaper.mjs', import.meta.url));

/** Starts the process that outlives this one just long enough to end its children. */
export const startReaper = (): Reaper => {
  // Detached: a Ctrl-C in the terminal goes to the foreground process group, and this one is to survive it.
  const child = spawn(process.execPath, [SCRIPT], { detached: true, stdio: ['pipe', 'ignore', 'ignore'], env: {} });
  const exited = new Promise<void>((resolve) => child.once('close', () => resolve()));
  child.unref();
  // A dead reaper is noticed at the next write; instances then merely lose their safety net.
  child.stdin.on('error', () => undefined);
  return {
    watch: (pid) => void child.stdin.write(`+${pid}\n`),
    forget: (pid) => void child.stdin.write(`-${pid}\n`),
    close: () => {
      child.ref();
      child.stdin.end();
      return exited;
    },
  };
};
