import { type Classification, classify } from '../classify.ts';
import { KEYWORD_POLICY, type KeywordPolicy } from '../keyword-policy.ts';
import type { ReadIntent } from './intent-reading.ts';

/** Of what is left beside the best role, at most this much goes to the others that something spoke for. */
const POINTED = 0.8;

/** Roles without a rule that could speak for them are not judged: they have no probability. */
const probabilitiesOf = ({ role, confidence, points }: Classification, policy: KeywordPolicy) => {
  const probabilities = new Map([[role, confidence]]);
  const best = points.get(role) ?? 0;
  const others = [...points].filter(([other]) => other !== role && best > 0);
  const sum = others.reduce((total, [, score]) => total + score, 0);
  // Never more probable than the best, in proportion to what spoke for each.
  for (const [other, score] of others)
    probabilities.set(
      other,
      Math.min(confidence * Math.min(1, score / best), (POINTED * (1 - confidence) * score) / sum),
    );
  const judged = new Set(['none', ...policy.rules.map((rule) => rule.role)]);
  const unsaid = [...judged].filter((other) => !probabilities.has(other));
  const left = 1 - [...probabilities.values()].reduce((total, probability) => total + probability, 0);
  for (const other of unsaid) probabilities.set(other, left / unsaid.length);
  return probabilities;
};

/** Reads intents by the keyword rules. */
export const makeReadKeywordIntent =
  (policy: KeywordPolicy): ReadIntent =>
  (subject) => {
    const said = classify(subject, policy);
    return {
      model: policy.version,
      role: said.role,
      confidence: said.confidence,
      sure: said.sure,
      probabilities: probabilitiesOf(said, policy),
      taskType: said.taskType,
      complexity: null,
      domains: said.domains,
      reasons: said.reasons,
    };
  };

export const readKeywordIntent: ReadIntent = makeReadKeywordIntent(KEYWORD_POLICY);
