import type { Encoder } from '../encoder/encoder.ts';
import { LABELS } from '../encoder/router-input.ts';
import { complexityOf } from './complexity.ts';
import type { FindConcepts } from './concepts.ts';
import { domainsOf } from './domains.ts';
import type { ReadIntent } from './intent-reading.ts';
import type { IntentWeights } from './intent-weights.ts';
import { viewMessage } from './message-view.ts';
import { makeRoleProbabilities } from './role-probabilities.ts';
import type { ReadSteps } from './steps.ts';
import { taskTypeOf } from './task-type.ts';

export interface IntentModelParts {
  readonly weights: IntentWeights;
  readonly encoder: Pick<Encoder, 'readMessage'>;
  readonly findConcepts: FindConcepts;
  readonly readSteps: ReadSteps;
}

/** Below this probability the best role is no more than a guess: six roles share one. */
export const GUESS_BELOW = 0.3;

const percent = (probability: number): string => `${Math.round(100 * probability)} %`;

/** Reads intents by the trained model. */
export const makeReadIntent = ({ weights, encoder, findConcepts, readSteps }: IntentModelParts): ReadIntent => {
  const roleProbabilities = makeRoleProbabilities(weights, encoder);
  const { version } = weights.header;
  return (subject) => {
    const view = viewMessage(subject, findConcepts);
    const byRoles = roleProbabilities(subject, view);
    const several = readSteps(view, byRoles.probabilities);
    const probabilities = several?.labels ?? byRoles.probabilities;
    const ranked = LABELS.map((role, index) => ({ role, probability: probabilities[index] ?? 0 })).sort(
      (left, right) => right.probability - left.probability,
    );
    const [best, second] = ranked;
    const role = best?.role ?? 'none';
    const confidence = best?.probability ?? 0;
    const steps = several?.steps;
    const taskType = taskTypeOf(role, view);
    return {
      model: version,
      role,
      confidence,
      sure: confidence >= GUESS_BELOW,
      probabilities: new Map(ranked.map(({ role, probability }) => [role, probability])),
      taskType,
      complexity: complexityOf(subject, view, { taskType, steps }),
      domains: domainsOf(subject),
      steps,
      reasons: [
        `${role} ${percent(confidence)}, ${second?.role} ${percent(second?.probability ?? 0)} (${byRoles.encoded ? 'n-grams and encoder' : 'n-grams'}${several ? ', clauses' : ''})`,
      ],
    };
  };
};
