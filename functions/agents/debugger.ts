import type { Material, Piece } from './analysis/find-material.ts';
import { bullets, code, count } from './analysis/markdown.ts';
import { answerOffline, type OfflineWork } from './analysis/offline-answer.ts';
import { firstOwnFrame, readTrace } from './analysis/read-trace.ts';
import type { Frame, Raised, Trace, TraceLanguage } from './analysis/traces/trace.ts';
import { builtInEngine } from './engine.ts';
import { defineAgent } from './kit/define-agent.ts';

const LANGUAGES: Readonly<Record<TraceLanguage, string>> = {
  javascript: 'JavaScript',
  python: 'Python',
  java: 'Java',
  go: 'Go',
  csharp: '.NET',
  ruby: 'Ruby',
};

const placeOf = ({ function: name, file, line }: Frame): string => {
  const where = file === '' ? '' : code(line === undefined ? file : `${file}:${line}`);
  return [name === '' ? '' : code(name), where].filter((part) => part !== '').join(' in ') || 'an unnamed frame';
};

const raisedOf = ({ exception, message }: Raised): string => {
  if (exception === '') return 'an exception that the trace does not name';
  return message === '' ? `${code(exception)} without a message` : `${code(exception)}: ${code(message)}`;
};

const headline = ({ chain }: Trace): string[] => {
  const [reported, ...causes] = chain.map(raisedOf);
  const root = causes.at(-1);
  if (root === undefined) return [`**Exception:** ${reported}`];
  return [
    `**Root cause:** ${root}`,
    `**Reported as:** ${reported}`,
    ...(causes.length > 1 ? [`**In between:** ${count(causes.length - 1, 'exception')}`] : []),
  ];
};

const describe = (trace: Trace): string => {
  const frames = trace.chain.toReversed().flatMap((raised) => raised.frames);
  const library = frames.filter((frame) => frame.library);
  const own = firstOwnFrame(trace);
  const where = own === undefined ? 'none: every frame of this trace is library code' : placeOf(own);
  return [
    `### Stack trace (${LANGUAGES[trace.language]}, ${count(frames.length, 'frame')})`,
    ...(trace.others ? ['The input holds more than one trace; this is the first.'] : []),
    ...headline(trace),
    `**First own frame:** ${where}`,
    library.length === 0
      ? 'I regarded no frame as library code.'
      : `I regarded ${count(library.length, 'frame')} as library code, by package or path:\n\n${bullets(library.map(placeOf), 20)}`,
  ].join('\n\n');
};

const describePiece = (piece: Piece): string[] => {
  const trace = readTrace(piece.text);
  return trace === undefined ? [] : [describe(trace)];
};

const work = ({ pieces }: Material): OfflineWork | undefined => {
  const sections = pieces.flatMap(describePiece);
  if (sections.length === 0) return undefined;
  return { sections, limits: ['why the exception was raised', 'a fix', 'a look at the source behind the frames'] };
};

/** Says what a stack trace reports and where in the user's own code it comes from. */
export const handler = defineAgent({
  role: 'debugger',
  engine: builtInEngine(process.env),
  answer: answerOffline({
    role: 'debugger',
    kinds: ['trace'],
    question:
      'What does the error say? Paste the whole stack trace (JavaScript, Python, Java, Go, .NET or Ruby). Without a language model I can read stack traces only.',
    work,
  }),
});
