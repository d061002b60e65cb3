import { loadEncoder } from '../../functions/adapters/routing-model.ts';
import { kindOf } from '../../functions/domain/routing/intent/message-kind.ts';
import { ngramFeatures } from '../../functions/domain/routing/intent/ngram-features.ts';
import { makeScoreNgrams } from '../../functions/domain/routing/intent/role-probabilities.ts';
import { logSoftmax } from '../../functions/domain/routing/intent/softmax.ts';
import type { Unseen } from './fit-combination.ts';
import type { LabelledFiles } from './labelled-files.ts';
import { type LabelledMessage, subjectOf } from './message.ts';
import { targetOf, trainNgramModel, viewOf } from './ngram-model.ts';

/** What both models say of a message; the n-grams have not seen its file. */
export interface UnseenReading extends Unseen {
  readonly file: string;
  readonly message: LabelledMessage;
}

/** Asks the shipped encoder. */
const makeAskEncoder = () => {
  const encoder = loadEncoder(new URL('../../functions/model/', import.meta.url));
  return (message: LabelledMessage): Pick<Unseen, 'byEncoder' | 'vector'> => {
    const { message: text, attachments, previousRole } = subjectOf(message);
    const { logits, vector } = encoder.readMessage({ text, files: attachments.map(({ name }) => name), previousRole });
    return { byEncoder: logSoftmax([...logits]), vector };
  };
};

/** Makes `readUnseen`: reads the messages of held-out files by n-grams that are trained on all others. */
export const makeReadUnseen = () => {
  const askEncoder = makeAskEncoder();
  return (files: LabelledFiles, heldOut: readonly string[]): readonly UnseenReading[] => {
    const model = trainNgramModel([...files].flatMap(([name, messages]) => (heldOut.includes(name) ? [] : messages)));
    const score = makeScoreNgrams(model);
    return heldOut.flatMap((file) =>
      (files.get(file) ?? []).map((message) => {
        const view = viewOf(message);
        return {
          file,
          message,
          kind: kindOf(view),
          byNgrams: score(ngramFeatures(view, model.vocabulary)),
          ...askEncoder(message),
          target: targetOf(message),
        };
      }),
    );
  };
};
