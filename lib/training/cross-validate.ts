import { LABELS } from '../../functions/domain/routing/encoder/router-input.ts';
import { fitCascade, makeJudge } from './fit-cascade.ts';
import { isSeenByEncoder } from './labelled-files.ts';
import type { Judged } from './metrics.ts';
import type { UnseenReading } from './unseen-readings.ts';

/** A message judged by models that have not seen its file, the encoder perhaps excepted. */
export interface CrossJudged extends Judged {
  readonly file: string;
  readonly isSeenByEncoder: boolean;
  /** Whether the encoder was asked. */
  readonly encoded: boolean;
}

/** The label that is most probable, and how probable it is. */
export const bestOf = (probabilities: readonly number[]): Pick<Judged, 'role' | 'confidence'> => {
  const confidence = Math.max(...probabilities);
  return { role: LABELS[probabilities.indexOf(confidence)] ?? 'none', confidence };
};

const isEvidence = ({ file }: UnseenReading): boolean => !isSeenByEncoder(file);

/** Judges each fold by weights and thresholds that are fitted on the other folds, on files that the encoder has not seen. */
export const crossValidate = (folds: readonly (readonly UnseenReading[])[]): readonly CrossJudged[] =>
  folds.flatMap((judged) => {
    const judge = makeJudge(
      fitCascade(folds.filter((fold) => fold !== judged).flatMap((fold) => fold.filter(isEvidence))),
    );
    return judged.map((reading) => {
      const { probabilities, encoded } = judge(reading);
      const { file, message } = reading;
      return {
        file,
        message,
        encoded,
        isSeenByEncoder: isSeenByEncoder(file),
        steps: undefined,
        ...bestOf(probabilities),
      };
    });
  });
