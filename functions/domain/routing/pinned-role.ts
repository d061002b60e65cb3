import type { IntentReading } from './intent/intent-reading.ts';
import type { RoutingPolicy } from './scoring/policy.ts';

/**
 * The role that a message clearly asks for where that is another than the pinned agent's: a task outside its role, which
 * it must not get. Undefined where the message may be for it: whenever anything speaks for its role, or little for
 * another, or the model does not know its role.
 *
 * @param said of the message alone: a pin that is tried again later must be judged as it was at first
 */
export const clearlyAnotherRole = (
  said: IntentReading,
  role: string,
  { refusePinFrom, refusePinBelow }: RoutingPolicy,
): string | undefined => {
  if (said.role === 'none' || said.role === role || said.confidence < refusePinFrom) return undefined;
  const own = said.probabilities.get(role);
  return own === undefined || own >= refusePinBelow ? undefined : said.role;
};
