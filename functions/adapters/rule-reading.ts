import type { AgentOwner } from '../application/agent-ports.ts';
import type { Log, Measure } from '../application/ports.ts';
import type { RulesPointer } from '../domain/registry/snapshot.ts';
import {
  type CompiledRules,
  type CompileRegex,
  compileRules,
  withoutRegex,
} from '../domain/routing/rules/compile-rules.ts';
import { readRules } from '../domain/routing/rules/read-rules.ts';
import type { RuleSets } from './dynamodb/registry/rule-sets.ts';

export interface RuleReadingDependencies {
  readonly sets: Pick<RuleSets, 'read'>;
  readonly loadRegex: () => Promise<CompileRegex>;
  readonly log: Pick<Log, 'error'>;
  readonly measure: Measure;
}

/** Some owner's rules, ready to match, and where they are from. */
export interface OwnerRules {
  readonly id: string | undefined;
  readonly rules: CompiledRules;
}

/**
 * Reads the rules that a manifest names, unless they are those that are known. If they cannot be read, those stand.
 * @throws Failure STORE_UNAVAILABLE if none are known
 */
export type RuleReading = (
  owner: AgentOwner,
  pointer: RulesPointer | undefined,
  known: OwnerRules | undefined,
  signal: AbortSignal,
) => Promise<OwnerRules>;

const NO_RULES: OwnerRules = { id: undefined, rules: [] };

/** A rule that cannot be read or has a fault is skipped, counted and logged by name; the others apply. */
export const makeRuleReading = ({ sets, loadRegex, log, measure }: RuleReadingDependencies): RuleReading => {
  const usable = async (owner: AgentOwner, stored: readonly unknown[]): Promise<CompiledRules> => {
    const { rules, unreadable } = readRules(stored);
    const hasRegex = rules.some(({ when }) => when.text?.regex !== undefined || when.files?.regex !== undefined);
    const compiled = compileRules(owner, rules, hasRegex ? await loadRegex() : withoutRegex);
    for (const rule of unreadable) log.error('routing rule not readable', { owner, rule });
    for (const { rule, path, message } of compiled.faults)
      log.error('routing rule not usable', { owner, rule, path, reason: message });
    const skipped = new Set([...unreadable, ...compiled.faults.map(({ rule }) => rule)]).size;
    if (skipped > 0) measure('RulesSkipped', skipped);
    return compiled.rules;
  };

  return async (owner, pointer, known, signal) => {
    if (pointer === undefined) return NO_RULES;
    if (pointer.id === known?.id) return known;
    try {
      return { id: pointer.id, rules: await usable(owner, await sets.read(owner, pointer, signal)) };
    } catch (cause) {
      if (known === undefined) throw cause;
      log.error('routing rules not readable; the last ones stand', { owner, rules: pointer.id, cause });
      return known;
    }
  };
};
