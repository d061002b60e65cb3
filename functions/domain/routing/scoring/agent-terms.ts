import type { RoutingCard } from '../../contract/agent.ts';
import { termOf } from '../words.ts';

/** An agent's own words, in the form in which `termsIn` lists what a text says. */
export interface AgentTerms {
  readonly capabilities: readonly string[];
  readonly specializations: readonly string[];
}

/** Cards stay the same objects while they do not change: thousands of names need not be taken apart in every decision. */
const known = new WeakMap<RoutingCard, AgentTerms>();

export const agentTerms = (card: RoutingCard): AgentTerms => {
  const found = known.get(card);
  if (found !== undefined) return found;
  const terms = {
    capabilities: card.capabilities.map((name) => termOf(name.replaceAll('_', ' '))),
    specializations: card.specializations.map(termOf),
  };
  known.set(card, terms);
  return terms;
};
