import type { RoleTable } from '../../contract/roles.ts';
import { LOWEST_PRIORITY, type RoutingRule } from '../../contract/routing-rules.ts';
import { type CompiledRules, compileRules, withoutRegex } from './compile-rules.ts';

/** The phrases of a role table as rules: everybody's, and tried after all others. */
export const phraseRules = (table: RoleTable): readonly RoutingRule[] =>
  Object.entries(table).flatMap(([role, { phrases }]) =>
    phrases.length === 0
      ? []
      : [
          {
            name: `phrase of ${role}`,
            priority: LOWEST_PRIORITY,
            when: { text: { anyOf: [...phrases], in: 'prose' as const } },
            to: { role: role as RoutingRule['to']['role'] },
            enabled: true,
          },
        ],
  );

/** The same, ready to match. */
export const compilePhrases = (table: RoleTable): CompiledRules =>
  compileRules('global', phraseRules(table), withoutRegex).rules;
