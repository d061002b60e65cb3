import type { Clock, RuleStore, RulesOnRecord } from '../../functions/application/ports.ts';
import { roundTrip } from './memory-state.ts';
import { NOON_MS } from './samples.ts';

/** In-memory twin of the rule store. */
export const makeMemoryRuleStore = (clock: Clock = () => NOON_MS): RuleStore => {
  const records = new Map<string, RulesOnRecord>();
  const of = (owner: string): RulesOnRecord =>
    records.get(owner) ?? { rules: [], unreadable: [], version: 0, writtenAtMs: 0 };
  return {
    get: async (owner, signal) => {
      await roundTrip(signal);
      return structuredClone(of(owner));
    },
    put: async (owner, rules, expectedVersion, signal) => {
      await roundTrip(signal);
      if (of(owner).version !== expectedVersion) return undefined;
      const next = { rules, unreadable: [], version: expectedVersion + 1, writtenAtMs: clock() };
      records.set(owner, structuredClone(next));
      return next;
    },
  };
};
