import type { CompiledRules } from './compile-rules.ts';
import { type RuleSubject, ruleView } from './rule-view.ts';

/** The rule that decides, and whom it names: exactly one of `role`, `agentId` and `capability`. */
export interface RuleHit {
  readonly rule: string;
  /** Whose rule it is: a tenant, or `global`. */
  readonly owner: string;
  readonly role?: string | undefined;
  readonly agentId?: string | undefined;
  readonly capability?: string | undefined;
}

/**
 * The first rule whose conditions all hold for a message of that tenant. Bounded for any message: 32,768 characters of
 * its text and 100 names of attachments are looked at, in linear time.
 */
export const firstHit = (rules: CompiledRules, subject: RuleSubject, tenant: string): RuleHit | undefined => {
  if (rules.length === 0) return undefined;
  const view = ruleView(subject);
  const hit = rules.find((rule) => rule.holds(view, tenant));
  return hit === undefined ? undefined : { rule: hit.name, owner: hit.owner, ...hit.target };
};
