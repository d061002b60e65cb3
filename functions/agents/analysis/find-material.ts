import type { Task } from '../kit/define-agent.ts';
import { findJson, parseJson } from './find-json.ts';
import { type Language, languageNamed, languageOf, languageOfFile, signOf } from './language-of.ts';
import { readDiff } from './read-diff.ts';
import { readFences, type Stretch } from './read-fences.ts';
import { readTrace } from './read-trace.ts';

export type MaterialKind = 'code' | 'diff' | 'trace' | 'json';

/** Something to work on that came with a message. */
export interface Piece {
  readonly kind: MaterialKind;
  readonly text: string;
  readonly language: Language;
  /** Name of the attachment; absent for what stands in the message. */
  readonly file?: string;
}

export interface Material {
  /** Of the asked kinds only, in order. */
  readonly pieces: readonly Piece[];
  /** When the relayed message was sent that the pieces are from; absent if they came with this one. */
  readonly relayedFrom?: string;
}

const normal = (text: string): string => text.replaceAll('\r\n', '\n');

/** What a whole text is; undefined for prose. A named language settles it, except where it names a carrier of others. */
const classify = (raw: string, named: Language | undefined, hint: string): Piece | undefined => {
  const text = normal(raw);
  const piece = (kind: MaterialKind, language: Language = 'other'): Piece => ({ kind, text, language });
  if (hint === 'diff' || hint === 'patch' || /^@@ -\d+(?:,\d+)? \+\d+/m.test(text))
    if (readDiff(text) !== undefined) return piece('diff');
  if (/^\s*[{[]/.test(text) && parseJson(text) !== undefined) return piece('json');
  // What a shell fence holds is often the output of a command.
  const traced = named === undefined || named === 'shell' ? readTrace(text) : undefined;
  if (traced !== undefined) return piece('trace');
  if (named !== undefined) return piece('code', named);
  return text.split('\n').some((line) => signOf(line.slice(0, 500)) !== undefined)
    ? piece('code', languageOf(text))
    : undefined;
};

const WEAK_CODE = /[;{}()=,:\]>]\s*$|^\s+\S|^\s*(?:[}\])]|\/\/|#|\*|@)|\b(?:return|else|end|pass|break)\b.{0,40}$/;

/** The stretch from the first line that is code beyond doubt to the last that may be. */
const bareCode = (text: string): string | undefined => {
  const lines = text.split('\n');
  const first = lines.findIndex((line) => signOf(line.slice(0, 500)) !== undefined);
  if (first < 0) return undefined;
  let last = first;
  let blanks = 0;
  for (let at = first + 1; at < lines.length; at += 1) {
    const line = (lines[at] ?? '').slice(0, 500);
    if (line.trim() === '') blanks += 1;
    else if (signOf(line) !== undefined || WEAK_CODE.test(line)) [last, blanks] = [at, 0];
    else if (blanks > 0) break;
  }
  return lines.slice(first, last + 1).join('\n');
};

const SIGNATURE =
  /\b(?:(?:export )?(?:async )?function\*? \w+\s?\(|(?:async )?def \w+\(|func (?:\([^)]{1,80}\) ?)?\w+\(|(?:public|private|protected|static) [\w<>[\], ]{1,100} \w+\().*$/m;

/** A signature within a sentence, up to its end. */
const inlineSignature = (text: string): Piece | undefined => {
  const [found] = SIGNATURE.exec(text.replace(/`/g, '\n').slice(0, 20_000)) ?? [];
  const code = found?.replace(/[.?!]\s*$/, '').slice(0, 2_000);
  return code === undefined ? undefined : { kind: 'code', text: code, language: languageOf(code) };
};

const inProse = (raw: string): Piece[] => {
  const text = normal(raw);
  if (/^@@ -\d+(?:,\d+)? \+\d+/m.test(text) && readDiff(text) !== undefined)
    return [
      { kind: 'diff', text: text.slice(Math.max(0, text.search(/^(?:diff --git |--- |@@ )/m))), language: 'other' },
    ];
  if (readTrace(text) !== undefined) return [{ kind: 'trace', text, language: 'other' }];
  const code = bareCode(text);
  if (code !== undefined) return [{ kind: 'code', text: code, language: languageOf(code) }];
  const samples = findJson(text).map((sample): Piece => ({ kind: 'json', text: sample, language: 'other' }));
  if (samples.length > 0) return samples;
  const signature = inlineSignature(text);
  return signature === undefined ? [] : [signature];
};

const inFence = ({ text, language }: Stretch): Piece[] => {
  const piece = classify(text, languageNamed(language), language);
  return piece === undefined ? [] : [piece];
};

const inText = (text: string): Piece[] => {
  const stretches = readFences(text);
  const fenced = stretches.filter((stretch) => stretch.fenced).flatMap(inFence);
  // What is fenced is what is meant; prose around it may look like code only by accident.
  return fenced.length > 0
    ? fenced
    : stretches.filter((stretch) => !stretch.fenced).flatMap((stretch) => inProse(stretch.text));
};

const inAttachment = ({ name, content }: Task['attachments'][number]): Piece[] => {
  const piece = classify(content, languageOfFile(name), /\.(?:diff|patch)$/.test(name) ? 'diff' : '');
  return piece === undefined ? inText(content).map((each) => ({ ...each, file: name })) : [{ ...piece, file: name }];
};

/** The message without its fenced blocks. */
export const proseOf = (message: string): string =>
  readFences(message)
    .filter(({ fenced }) => !fenced)
    .map(({ text }) => text)
    .join('\n');

/**
 * Finds the pieces of the given kinds that came with a message, in fences, attachments or bare in the text. If there
 * are none, those of the newest earlier message that has some: the user's own first, then the agents' answers.
 */
export const findMaterial = (
  task: Pick<Task, 'message' | 'attachments' | 'history'>,
  kinds: readonly MaterialKind[],
): Material => {
  const wanted = ({ kind }: Piece) => kinds.includes(kind);
  const pieces = [...inText(task.message), ...task.attachments.flatMap(inAttachment)].filter(wanted);
  if (pieces.length > 0) return { pieces };
  for (const author of ['user', 'assistant'])
    for (const earlier of task.history.toReversed()) {
      if (earlier.role !== author) continue;
      const found = inText(earlier.content).filter(wanted);
      if (found.length > 0) return { pieces: found, relayedFrom: earlier.timestamp };
    }
  return { pieces: [] };
};
