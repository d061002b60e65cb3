import { loadFindConcepts } from '../../functions/adapters/routing-model.ts';
import { LABELS } from '../../functions/domain/routing/encoder/router-input.ts';
import { type MessageView, viewMessage } from '../../functions/domain/routing/intent/message-view.ts';
import { ngramFeatures } from '../../functions/domain/routing/intent/ngram-features.ts';
import { type LearnedVocabulary, learnVocabulary } from './learn-vocabulary.ts';
import { type LabelledMessage, subjectOf } from './message.ts';
import { trainNgrams } from './ngram-trainer.ts';
import { type Quantised, quantise } from './quantise.ts';

/** What a second acceptable role takes of the label's share. */
const ALSO_OK_SHARE = 0.3;
const TRAINING = { epochs: 20, decay: 5e-6, rate: 4, seed: 20 };

/** How much a message speaks for each label; together 1. */
export const targetOf = ({ label, also_ok: alsoOk }: LabelledMessage): number[] => {
  const others = alsoOk.filter((role) => role !== label);
  return LABELS.map((role) => {
    if (role === label) return others.length === 0 ? 1 : 1 - ALSO_OK_SHARE;
    return others.includes(role) ? ALSO_OK_SHARE / others.length : 0;
  });
};

/** The n-gram model in the form in which it is stored. */
export interface NgramModel extends Quantised {
  readonly vocabulary: LearnedVocabulary;
  readonly biases: readonly number[];
}

const findConcepts = loadFindConcepts(new URL('../../functions/model/', import.meta.url));

export const viewOf = (message: LabelledMessage): MessageView => viewMessage(subjectOf(message), findConcepts);

/** Learns from messages which n-grams speak for which role. The same messages give the same bytes. */
export const trainNgramModel = (messages: readonly LabelledMessage[]): NgramModel => {
  const views = messages.map(viewOf);
  const vocabulary = learnVocabulary(views);
  const examples = messages.map((message, index) => ({
    features: ngramFeatures(views[index] as MessageView, vocabulary),
    target: Float32Array.from(targetOf(message)),
  }));
  const classes = LABELS.length;
  const { weights, biases } = trainNgrams(examples, { size: vocabulary.size, classes, ...TRAINING });
  return { vocabulary, ...quantise(weights, classes), biases };
};
