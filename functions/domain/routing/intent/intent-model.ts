import type { Encoder } from '../encoder/encoder.ts';
import { LABELS } from '../encoder/router-input.ts';
import { complexityOf } from './complexity.ts';
import type { FindConcepts } from './concepts.ts';
import { domainsOf } from './domains.ts';
import type { ReadIntent } from './intent-reading.ts';
import type { IntentWeights } from './intent-weights.ts';
import { viewMessage } from './message-view.ts';
import { makeRoleProbabilities } from './role-probabilities.ts';
import { taskTypeOf } from './task-type.ts';

export interface IntentModelParts {
  readonly weights: IntentWeights;
  readonly encoder: Pick<Encoder, 'readMessage'>;
  readonly findConcepts: FindConcepts;
}

/** Below this probability the best role is no more than a guess: six roles share one. */
const GUESS_BELOW = 0.3;

const percent = (probability: number): string => `${Math.round(100 * probability)} %`;

/** Reads intents by the trained model. */
export const makeReadIntent = ({ weights, encoder, findConcepts }: IntentModelParts): ReadIntent => {
  const roleProbabilities = makeRoleProbabilities(weights, encoder);
  const { version } = weights.header;
  return (subject) => {
    const view = viewMessage(subject, findConcepts);
    const { probabilities, encoded } = roleProbabilities(subject, view);
    const ranked = LABELS.map((role, index) => ({ role, probability: probabilities[index] ?? 0 })).sort(
      (left, right) => right.probability - left.probability,
    );
    const [best, second] = ranked;
    const role = best?.role ?? 'none';
    const confidence = best?.probability ?? 0;
    const taskType = taskTypeOf(role, view);
    return {
      model: version,
      role,
      confidence,
      sure: confidence >= GUESS_BELOW,
      probabilities: new Map(ranked.map(({ role, probability }) => [role, probability])),
      taskType,
      complexity: complexityOf(subject, view, { taskType }),
      domains: domainsOf(subject),
      reasons: [
        `${role} ${percent(confidence)}, ${second?.role} ${percent(second?.probability ?? 0)} (${encoded ? 'n-grams and encoder' : 'n-grams'})`,
      ],
    };
  };
};
