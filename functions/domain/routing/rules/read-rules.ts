import * as z from 'zod';
import { RoutingRule } from '../../contract/routing-rules.ts';

export interface ReadRules {
  readonly rules: readonly RoutingRule[];
  /** Names of those that this version cannot read. */
  readonly unreadable: readonly string[];
}

const Named = z.object({ name: z.string() });

/**
 * Reads rules as they are stored. One that another version wrote with words of its own is left out whole: without a
 * condition that is not known it would catch more than it should.
 */
export const readRules = (stored: readonly unknown[]): ReadRules => {
  const results = stored.map((rule, index) => {
    const read = RoutingRule.safeDecode(rule as never);
    const name = Named.safeParse(rule).data?.name ?? `number ${index + 1}`;
    return read.success ? { rule: read.data } : { name };
  });
  return {
    rules: results.flatMap(({ rule }) => (rule === undefined ? [] : [rule])),
    unreadable: results.flatMap(({ name }) => (name === undefined ? [] : [name])),
  };
};
