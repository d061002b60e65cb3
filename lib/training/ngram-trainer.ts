import type { SparseFeatures } from '../../functions/domain/routing/intent/ngram-features.ts';
import { softmax } from '../../functions/domain/routing/intent/softmax.ts';
import { type Descent, descend, makeLinearLearner } from './linear-learner.ts';

/** A message to learn from: its features, and how much it speaks for each class (together 1). */
export interface Example {
  readonly features: SparseFeatures;
  readonly target: Float32Array;
}

export interface TrainingOptions extends Descent {
  /** Places that features have. */
  readonly size: number;
  readonly classes: number;
}

/** Multinomial logistic regression. Weights have a row of classes for each place. Same examples and seed, same weights. */
export const trainNgrams = (examples: readonly Example[], { size, classes, ...descent }: TrainingOptions) => {
  const learner = makeLinearLearner(size, classes);
  descend(examples, [learner], descent, ({ features, target }, eta) => {
    const probabilities = softmax([...learner.score(features)]);
    learner.learn(
      features,
      Float64Array.from(target, (share, label) => eta * (share - (probabilities[label] ?? 0))),
    );
  });
  return learner.result();
};
