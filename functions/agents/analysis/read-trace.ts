import { readAtTrace } from './traces/read-at-trace.ts';
import { readGoTrace } from './traces/read-go-trace.ts';
import { readPythonTrace } from './traces/read-python-trace.ts';
import { readRubyTrace } from './traces/read-ruby-trace.ts';
import type { Frame, Trace } from './traces/trace.ts';

/** The stack trace in a text; undefined if it has none. Reads JavaScript, Python, Java, Go, .NET and Ruby. */
export const readTrace = (text: string): Trace | undefined =>
  readGoTrace(text) ?? readPythonTrace(text) ?? readAtTrace(text) ?? readRubyTrace(text);

/** The innermost frame of the user's own code, of the root cause if it has one, else of what it led to. */
export const firstOwnFrame = (trace: Trace): Frame | undefined =>
  trace.chain
    .toReversed()
    .map(({ frames }) => frames.find((frame) => !frame.library))
    .find((frame) => frame !== undefined);
