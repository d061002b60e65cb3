import { LABELS } from '../../functions/domain/routing/encoder/router-input.ts';
import type { IntentReading, ReadIntent } from '../../functions/domain/routing/intent/intent-reading.ts';

/** A model that reads the same in every message; what it leaves to the other roles they share, unless `more` says how. */
export const intentOf = ({
  role,
  confidence,
  ...more
}: Pick<IntentReading, 'role' | 'confidence'> & Partial<IntentReading>): ReadIntent => {
  const others = LABELS.filter((label) => label !== role);
  const shared = others.map((label) => [label, (1 - confidence) / others.length] as const);
  const reading: IntentReading = {
    ...{ model: 'test-1', role, confidence, sure: true, taskType: 'unknown', complexity: null, domains: [] },
    ...{ probabilities: new Map([[role, confidence], ...shared]), reasons: ['so the test wants it'] },
    ...more,
  };
  return () => reading;
};
