import { type Frame, isJvmLibrary, isLibraryFile, isNetLibrary, type Trace, type TraceLanguage } from './trace.ts';

/** How far above its first frame an exception's line is looked for: messages can have several lines. */
const MAX_MESSAGE_LINES = 12;

type ReadFrame = (line: string) => Frame | undefined;

const javaFrame: ReadFrame = (line) => {
  const [, qualified, where] =
    /^\s*at (?:[\w.-]{1,80}(?:@[\w.-]{1,40})?\/{1,2}){0,2}([\w$.<>]{1,300})\(([\w$.-]{1,200}\.(?:java|kt|scala|groovy|clj)(?::\d+)?|Native Method|Unknown Source|<generated>|[\w$.-]{1,200}\.\w+:\d+)\)/.exec(
      line,
    ) ?? [];
  if (qualified === undefined || where === undefined) return undefined;
  const [, file = '', number] = /^(\S+\.\w+)(?::(\d+))?$/.exec(where) ?? [];
  return {
    function: qualified,
    file,
    ...(number === undefined ? {} : { line: Number(number) }),
    library: isJvmLibrary(qualified),
  };
};

const csharpFrame: ReadFrame = (line) => {
  const [, method, file = '', number] =
    /^\s*at ([\w.<>`[\],+|$]{1,300}\([^)]{0,500}\))(?: in (.{1,500}):line (\d+))?\s*$/.exec(line) ?? [];
  if (method === undefined) return undefined;
  return {
    function: method,
    file,
    ...(number === undefined ? {} : { line: Number(number) }),
    library: isNetLibrary(method),
  };
};

const scriptFrame: ReadFrame = (line) => {
  const [, call = '', file, number] =
    /^\s*at (?:async )?(?:([^()]{1,200}(?:\[as [\w$]{1,100}\])?) \()?([^()]{1,500}):(\d{1,9}):\d{1,9}\)?,?\s*\{?$/.exec(
      line,
    ) ?? [];
  if (file !== undefined) return { function: call.trim(), file, line: Number(number), library: isLibraryFile(file) };
  const [, built] = /^\s*at (?:async )?([^()]{1,200}) \((?:<anonymous>|native|index \d+)\)\s*$/.exec(line) ?? [];
  return built === undefined ? undefined : { function: built, file: '', library: true };
};

const NAMED =
  /^\s*(?:(?:Uncaught|Unhandled|Exception in thread "[^"]{0,80}"|Caused by:|Suppressed:|--->|\[cause\]:|Unhandled [\w ]{1,40}[.:]|Error:|\S{1,40} ERROR)\s+(?:\(in promise\)\s+)?){0,3}((?:[A-Za-z_$][\w$]{0,80}\.){0,10}[A-Za-z_$][\w$]{0,120})(?: \[[\w-]{1,60}\])?(?::(?: (.*))?)?$/;
const ERROR_NAME = /(?:Error|Exception|Fault|Failure|Throwable|Interrupt|Panic)\d?$/;

interface Heading {
  readonly exception: string;
  readonly message: string;
  readonly at: number;
}

const headingOf = (line: string, at: number, anyName: boolean): Heading | undefined => {
  const text = line.slice(0, 2_000);
  // A log's prefix may stand before the exception.
  const [logged] = /[A-Za-z_$][\w$.]{0,120}(?:Error|Exception)(?: \[[\w-]{1,60}\])?: .*$/.exec(text) ?? [];
  const [, exception, message = ''] = NAMED.exec(text) ?? (logged === undefined ? [] : (NAMED.exec(logged) ?? []));
  const known = exception !== undefined && (ERROR_NAME.test(exception) || (anyName && /^\s*[\w$.]+: /.test(text)));
  return known ? { exception, message, at } : undefined;
};

/** The exceptions named between two runs of frames; the rest of the gap belongs to the last one's message. */
const headingsIn = (lines: readonly string[], from: number, to: number): Heading[] => {
  const start = Math.max(from, to - MAX_MESSAGE_LINES);
  const found: Heading[] = [];
  for (let at = start; at < to; at += 1) {
    const heading = headingOf(lines[at] ?? '', at, at === to - 1 && found.length === 0);
    if (heading !== undefined) found.push(heading);
  }
  const last = found.at(-1);
  if (last === undefined) return [];
  const more = lines
    .slice(last.at + 1, to)
    .filter((line) => line.trim() !== '')
    .map((line) => line.trim());
  return [
    ...found.slice(0, -1).filter(({ at }) => lines[at + 1]?.includes('--->')),
    { ...last, message: [last.message, ...more].join(' ').slice(0, 1_000) },
  ];
};

interface Open {
  exception: string;
  message: string;
  frames: Frame[];
}

const CONTINUES = /Caused by:|--->|\[cause\]|Suppressed:/;

const collect = (lines: readonly string[], readFrame: ReadFrame): Omit<Trace, 'language'> => {
  const chain: Open[] = [];
  /** The exceptions whose frames are still to come, innermost last: .NET prints the inner one first. */
  let open: Open[] = [];
  let gapFrom = 0;
  for (const [at, line] of lines.entries()) {
    const frame = readFrame(line.slice(0, 1_000));
    if (frame === undefined) continue;
    const headings = gapFrom === at ? [] : headingsIn(lines, gapFrom, at);
    const heading = lines[headings[0]?.at ?? -1] ?? '';
    if (headings.length > 0 && chain.length > 0 && !CONTINUES.test(heading)) return { chain, others: true };
    if (headings.length > 0 || open.length === 0) {
      const unnamed = { exception: '', message: '' };
      open = (headings.length > 0 ? headings : [unnamed]).map(({ exception, message }) => ({
        exception,
        message,
        frames: [],
      }));
      // What was suppressed caused nothing.
      if (!heading.includes('Suppressed:')) chain.push(...open);
    } else if (open.length > 1 && lines.slice(gapFrom, at).some((each) => each.includes('End of inner exception')))
      open.pop();
    open.at(-1)?.frames.push(frame);
    gapFrom = at + 1;
  }
  return { chain, others: false };
};

const FORMATS: readonly (readonly [TraceLanguage, ReadFrame])[] = [
  ['java', javaFrame],
  ['javascript', scriptFrame],
  ['csharp', csharpFrame],
];

/** Reads the traces whose frames start with `at`: JavaScript, Java and its relatives, .NET. */
export const readAtTrace = (text: string): Trace | undefined => {
  const lines = text.split('\n');
  const frames = lines.filter((line) => /^\s*at /.test(line));
  const format = FORMATS.find(([, readFrame]) => frames.some((line) => readFrame(line.slice(0, 1_000)) !== undefined));
  if (format === undefined) return undefined;
  const [language, readFrame] = format;
  return { language, ...collect(lines, readFrame) };
};
