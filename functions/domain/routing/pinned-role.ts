import { type Classification, classify, type Subject } from './classify.ts';
import type { KeywordPolicy } from './keyword-policy.ts';

/**
 * The role that a message clearly asks for where that is another than the pinned agent's: a task outside its role, which
 * it must not get. Undefined where the message may be for it: whenever anything speaks for its role, little speaks for
 * another, or the policy has no rule that could speak for it.
 *
 * @param said of the message alone: a pin that is tried again later must be judged as it was at first
 */
export const clearlyAnotherRole = (said: Classification, role: string, policy: KeywordPolicy): string | undefined => {
  if (said.role === 'none' || said.role === role || said.confidence < policy.refusePinFrom) return undefined;
  if (said.points.has(role) || !policy.rules.some((rule) => rule.role === role)) return undefined;
  return said.role;
};

/** The same for a message that was not judged yet. */
export const roleAskedInstead = (
  { message, attachments }: Omit<Subject, 'previousRole'>,
  role: string,
  policy: KeywordPolicy,
): string | undefined => clearlyAnotherRole(classify({ message, attachments }, policy), role, policy);
