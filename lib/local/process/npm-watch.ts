import { readFileSync } from 'node:fs';

/**
 * Whether the npm that runs this process is gone. A signal for npm alone does not reach what npm runs: its shell ends,
 * or stays when npm was killed. Always false if this process was not started by npm.
 */
export const watchNpm = (): (() => boolean) => {
  if (process.env.npm_lifecycle_event === undefined) return () => false;
  const ancestors = () => (isNpm(process.ppid) ? `${process.ppid}` : `${process.ppid} ${parentOf(process.ppid)}`);
  const first = ancestors();
  return () => ancestors() !== first;
};

/** Some shells put the script in their own place, so that npm itself is the parent. */
const isNpm = (pid: number): boolean => read(`/proc/${pid}/comm`).startsWith('npm');

/** Empty where the kernel has no `/proc`; field 4 of `stat`, after the command's name, which may hold spaces. */
const parentOf = (pid: number): string => {
  const stat = read(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] ?? '';
};

const read = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
};
