import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StartError } from './start-error.ts';

interface Holder {
  readonly pid: number;
  /** When that process started, as the kernel tells it; empty where it doesn't. Tells a reused pid. */
  readonly startedAt: string;
}

const heldHere = new Set<string>();

/**
 * Locks a folder with a file that names this process. The lock of a process that is gone is taken over.
 *
 * @returns gives the lock back
 * @throws StartError if another process holds it
 */
export const lockFolder = (folder: string): (() => void) => {
  const file = join(folder, 'lock');
  const holder = readHolder(file);
  if (heldHere.has(file) || (holder !== undefined && holder.pid !== process.pid && isAlive(holder)))
    throw new StartError(
      `data folder ${folder} is in use by the local cloud with process id ${holder?.pid ?? process.pid}; ` +
        'stop it or choose another folder with --data',
    );
  rmSync(file, { force: true });
  create(file, folder);
  heldHere.add(file);
  return () => {
    if (heldHere.delete(file)) rmSync(file, { force: true });
  };
};

const create = (file: string, folder: string): void => {
  const self: Holder = { pid: process.pid, startedAt: startOf(process.pid) };
  try {
    writeFileSync(file, JSON.stringify(self), { flag: 'wx' });
  } catch (error) {
    throw new StartError(`data folder ${folder} can't be locked: ${(error as Error).message}`, { cause: error });
  }
};

/** Undefined if there is no lock, or one that was cut off while it was written. */
const readHolder = (file: string): Holder | undefined => {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof value !== 'object' || value === null || !('pid' in value) || typeof value.pid !== 'number')
      return undefined;
    return { pid: value.pid, startedAt: 'startedAt' in value ? String(value.startedAt) : '' };
  } catch {
    return undefined;
  }
};

const isAlive = (holder: Holder): boolean => {
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return startOf(holder.pid) === holder.startedAt;
};

/** Field 22 of Linux' `/proc/<pid>/stat`, ticks since boot; the command's name before it may hold spaces. */
const startOf = (pid: number): string => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
};
