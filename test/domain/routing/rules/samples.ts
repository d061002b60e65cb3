import { loadLinearRegex } from '../../../../functions/adapters/linear-regex.ts';
import { RoutingRule } from '../../../../functions/domain/contract/routing-rules.ts';
import { compileRules } from '../../../../functions/domain/routing/rules/compile-rules.ts';
import { firstHit } from '../../../../functions/domain/routing/rules/first-hit.ts';

export const compileRegex = await loadLinearRegex();

/** A rule as it is on the wire: for the debugger unless it says otherwise. */
export const wireRule = (when: object, more: object = {}) => ({ name: 'r', when, to: { role: 'debugger' }, ...more });

export const rule = (when: object, more: object = {}): RoutingRule => RoutingRule.decode(wireRule(when, more) as never);

/** @throws if one of the rules has a fault */
export const compiled = (rules: readonly RoutingRule[], owner = 'acme') => {
  const { rules: ready, faults } = compileRules(owner, rules, compileRegex);
  if (faults.length > 0) throw new Error(JSON.stringify(faults));
  return ready;
};

export const subject = (message: string, ...files: readonly string[]) => ({
  message,
  attachments: files.map((name) => ({ name })),
});

/** Whether one rule with these conditions catches a message. */
export const catches = (when: object, message: string, ...files: readonly string[]): boolean =>
  firstHit(compiled([rule(when)]), subject(message, ...files), 'acme') !== undefined;
