import { type Frame, isLibraryFile, type Trace } from './trace.ts';

const LOCATION = /^\s+(\S.{0,500}\.(?:go|s)):(\d{1,9})(?: \+0x[0-9a-f]+)?\s*$/;
const CALL = /^([\w./*()·[\]{}-]{1,300}?)\((?:[^()]{0,500})\)\s*$/;

/** Reads the trace of a Go panic: the goroutine that panicked, which is printed first. */
export const readGoTrace = (text: string): Trace | undefined => {
  const lines = text.split('\n').map((line) => line.slice(0, 1_000));
  const start = lines.findIndex((line) => /^(?:panic|fatal error): /.test(line));
  const goroutine = lines.findIndex((line) => /^goroutine \d+ \[/.test(line));
  if (goroutine < 0) return undefined;
  const [, exception = '', message = ''] = /^(panic|fatal error): (.*)$/.exec(lines[start] ?? '') ?? [];
  const frames: Frame[] = [];
  for (let at = goroutine + 1; at < lines.length && lines[at]?.trim() !== ''; at += 1) {
    const [, call] = CALL.exec(lines[at] ?? '') ?? [];
    const [, file, number] = LOCATION.exec(lines[at + 1] ?? '') ?? [];
    if (call === undefined || file === undefined) continue;
    const library = call === 'panic' || call.startsWith('runtime.') || isLibraryFile(file);
    frames.push({ function: call, file, line: Number(number), library });
  }
  return frames.length === 0
    ? undefined
    : { language: 'go', chain: [{ exception, message: message.trim(), frames }], others: false };
};
