import { type Frame, isLibraryFile, type Raised, type Trace } from './trace.ts';

const FRAME = /^\s*(?:\| )?File "([^"]{1,500})", line (\d{1,9})(?:, in (.{1,200}))?\s*$/;
const RAISED = /^\s{0,8}(?:\| )?((?:[A-Za-z_]\w{0,80}\.){0,10}[A-Za-z_]\w{0,120})(?:: (.*))?$/;

const CHAINS = /^\s*(?:\| )?(?:During handling of the above exception|The above exception was the direct cause)/;

/**
 * Reads Python's tracebacks, which print the innermost frame last and the root cause first: both are turned round.
 */
export const readPythonTrace = (text: string): Trace | undefined => {
  const chain: Raised[] = [];
  let frames: Frame[] = [];
  const indentOf = (line: string): number => line.length - line.trimStart().length;
  let frameIndent = 0;
  /** Whether the next traceback belongs to the ones before it. */
  let chained = true;
  let others = false;
  for (const line of text.split('\n')) {
    const head = line.slice(0, 2_000).trimEnd();
    if (CHAINS.test(head)) chained = true;
    const [, file, number, name = ''] = FRAME.exec(head) ?? [];
    if (file !== undefined && !chained) {
      others = true;
      break;
    }
    if (file !== undefined) {
      frames.push({
        function: name === '<module>' ? '' : name,
        file,
        line: Number(number),
        library: isLibraryFile(file),
      });
      frameIndent = indentOf(head);
      continue;
    }
    const [, exception, message = ''] =
      frames.length > 0 && indentOf(head) < frameIndent ? (RAISED.exec(head) ?? []) : [];
    if (exception === undefined) continue;
    chain.push({ exception, message, frames: frames.reverse() });
    frames = [];
    chained = false;
  }
  if (frames.length > 0) chain.push({ exception: '', message: '', frames: frames.reverse() });
  return chain.length === 0 ? undefined : { language: 'python', chain: chain.reverse(), others };
};
