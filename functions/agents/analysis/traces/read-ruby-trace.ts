import { type Frame, isLibraryFile, type Trace } from './trace.ts';

const FRAME =
  /^\s*(?:from |\d{1,4}: from )?([^\s:][^:]{0,500}\.rb|<internal:[^>]{1,80}>|[^\s:]{1,500}\/bin\/[\w-]{1,60}):(\d{1,9}):in [`']([^']{1,200})'(?:: (.*))?$/;

/** Reads Ruby's backtraces: with the exception on the first frame's line, or above the frames as Rails logs it. */
export const readRubyTrace = (text: string): Trace | undefined => {
  const frames: Frame[] = [];
  let exception = '';
  let message = '';
  for (const line of text.split('\n')) {
    const head = line.slice(0, 2_000).trimEnd();
    const [, file, number, name = '', rest] = FRAME.exec(head) ?? [];
    if (file !== undefined) {
      frames.push({ function: name, file, line: Number(number), library: isLibraryFile(file) });
      const [, said, type] = /^(.*) \(([A-Z][\w:]{0,120})\)$/.exec(rest ?? '') ?? [];
      if (type === undefined || exception !== '') continue;
      exception = type;
      message = said ?? '';
    } else if (frames.length === 0) {
      const [, type, said] =
        /^\s*([A-Z][\w:]{0,120}) \((.*)\):?$/.exec(head) ??
        /^\s*([A-Z][\w:]{0,120}(?:Error|Exception)): (.*)$/.exec(head) ??
        [];
      if (type !== undefined) [exception, message] = [type, said ?? ''];
    }
  }
  return frames.length === 0 ? undefined : { language: 'ruby', chain: [{ exception, message, frames }], others: false };
};
