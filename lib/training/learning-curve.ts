import { bestOf, type CrossJudged, crossValidate } from './cross-validate.ts';
import { foldsOf, isSeenByEncoder, type LabelledFiles } from './labelled-files.ts';
import type { LabelledMessage } from './message.ts';
import { isLenient } from './metrics.ts';
import type { UnseenReading } from './unseen-readings.ts';

/** One point of the curve: accuracy with `also_ok`, in [0, 1], by the n-grams alone and by both models. */
export interface Learnt {
  /** Messages that the n-grams were trained on. */
  readonly trained_on: number;
  readonly ngrams: number;
  readonly together: number;
}

const SHARES = [1 / 8, 1 / 4, 1 / 2, 1];
/** Of this many groups of files, one is judged. */
const GROUPS = 6;

/** Every so manieth message, so that each share is of all files. */
const thinned = (messages: readonly LabelledMessage[], share: number): readonly LabelledMessage[] =>
  messages.filter((_, index) => Math.floor((index + 1) * share) > Math.floor(index * share));

const accuracyOf = (judged: readonly Pick<CrossJudged, 'message' | 'role' | 'confidence'>[]): number =>
  judged.filter((one) => isLenient({ ...one, steps: undefined })).length / judged.length;

/**
 * How much more messages help: the n-grams learn from shares of all files but a group that the encoder has not seen
 * either; of that group one half is judged with what was fitted on the other, and the other way round.
 */
export const learningCurve = (
  files: LabelledFiles,
  readUnseen: (files: LabelledFiles, heldOut: readonly string[]) => readonly UnseenReading[],
): readonly Learnt[] => {
  const names = [...files.keys()].filter((name) => !isSeenByEncoder(name));
  const heldOut = foldsOf(names, GROUPS)[1] ?? [];
  return SHARES.map((share) => {
    const fewer = new Map(
      [...files].map(([name, messages]) => [name, heldOut.includes(name) ? messages : thinned(messages, share)]),
    );
    const readings = readUnseen(fewer, heldOut);
    const halves = [0, 1].map((half) => readings.filter(({ file }) => heldOut.indexOf(file) % 2 === half));
    return {
      trained_on: [...fewer].reduce((sum, [name, { length }]) => sum + (heldOut.includes(name) ? 0 : length), 0),
      ngrams: accuracyOf(readings.map(({ message, byNgrams }) => ({ message, ...bestOf(byNgrams) }))),
      together: accuracyOf(crossValidate(halves)),
    };
  });
};
