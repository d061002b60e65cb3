import { loadFindConcepts } from '../../functions/adapters/routing-model.ts';
import { LABELS } from '../../functions/domain/routing/encoder/router-input.ts';
import { type MessageView, viewMessage } from '../../functions/domain/routing/intent/message-view.ts';
import { ngramFeatures } from '../../functions/domain/routing/intent/ngram-features.ts';
import { type LearnedVocabulary, learnVocabulary } from './learn-vocabulary.ts';
import { type LabelledMessage, subjectOf } from './message.ts';
import { trainNgrams } from './ngram-trainer.ts';

/** What a second acceptable role takes of the label's share. */
const ALSO_OK_SHARE = 0.3;
const TRAINING = { epochs: 20, decay: 5e-6, rate: 4, seed: 20 };
const LARGEST_STEP = 127;

/** How much a message speaks for each label; together 1. */
export const targetOf = ({ label, also_ok: alsoOk }: LabelledMessage): number[] => {
  const others = alsoOk.filter((role) => role !== label);
  return LABELS.map((role) => {
    if (role === label) return others.length === 0 ? 1 : 1 - ALSO_OK_SHARE;
    return others.includes(role) ? ALSO_OK_SHARE / others.length : 0;
  });
};

/** The n-gram model in the form in which it is stored. */
export interface NgramModel {
  readonly vocabulary: LearnedVocabulary;
  /** Labels in a row for each n-gram, in steps of the label's scale. */
  readonly weights: Int8Array;
  readonly scales: readonly number[];
  readonly biases: readonly number[];
}

/** Rounds each label's weights to 8 bits: beyond the largest ten-thousandth they are cut. */
const quantise = (weights: Float32Array, size: number): Pick<NgramModel, 'weights' | 'scales' | 'biases'> => {
  const labels = LABELS.length;
  const scales = LABELS.map((_, label) => {
    const magnitudes = Float32Array.from({ length: size }, (_, place) =>
      Math.abs(weights[place * labels + label] ?? 0),
    );
    const largest = magnitudes.sort()[Math.floor(size * 0.9999)] ?? 0;
    return Math.fround(Math.max(largest, 1e-6) / LARGEST_STEP);
  });
  const steps = Int8Array.from({ length: size * labels }, (_, at) => {
    const step = Math.round((weights[at] ?? 0) / (scales[at % labels] ?? 1));
    return Math.max(-LARGEST_STEP, Math.min(LARGEST_STEP, step));
  });
  return { weights: steps, scales, biases: [...weights.subarray(size * labels)] };
};

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
  const { size } = vocabulary;
  const weights = trainNgrams(examples, { size, classes: LABELS.length, ...TRAINING });
  return { vocabulary, ...quantise(weights, size) };
};
