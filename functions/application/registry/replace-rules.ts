import type { Visibility } from '../../domain/contract/agent.ts';
import { Failure, type FieldError } from '../../domain/contract/failures.ts';
import { invalidFields, parseInput } from '../../domain/contract/parse-input.ts';
import { type RoutingRule, RoutingRules } from '../../domain/contract/routing-rules.ts';
import { allows, hasWeakTag, type VersionCondition } from '../../domain/registry/version-condition.ts';
import { type CompileRegex, compileRules } from '../../domain/routing/rules/compile-rules.ts';
import type { AgentOwner } from '../agent-ports.ts';
import { storeSignal } from '../deadlines.ts';
import type { Log, Principal, RuleStore, RulesOnRecord } from '../ports.ts';
import { audit } from './audit.ts';
import { forbidden, mayChange, ownerOf } from './find-agent.ts';
import { makeReadVisible, type ReadVisibleDependencies } from './read-visible.ts';

export interface ReplaceRulesDependencies extends ReadVisibleDependencies {
  readonly rules: RuleStore;
  readonly loadRegex: () => Promise<CompileRegex>;
  readonly log: Log;
}

/** The name of the rule in which a field is; undefined if it is in none, or that has none. */
const ruleNameAt = (body: unknown, path: string): string | undefined => {
  const index = /^rules\.(\d+)(\.|$)/.exec(path)?.[1];
  const rules = typeof body === 'object' && body !== null && 'rules' in body ? body.rules : undefined;
  const rule: unknown = index !== undefined && Array.isArray(rules) ? rules[Number(index)] : undefined;
  const name = typeof rule === 'object' && rule !== null && 'name' in rule ? rule.name : undefined;
  return typeof name === 'string' ? name : undefined;
};

/** Long names are cut: they are the caller's own text. */
const inRule = (name: string | undefined, { path, message }: FieldError): FieldError =>
  name === undefined ? { path, message } : { path, message: `${message} (rule ${name.slice(0, 64)})` };

/** @throws Failure INVALID_REQUEST that names the rule of each field that is wrong */
const parseRules = (body: unknown): readonly RoutingRule[] => {
  try {
    return parseInput(RoutingRules, body).rules;
  } catch (fault) {
    if (!(fault instanceof Failure) || fault.fields.length === 0) throw fault;
    throw invalidFields(fault.fields.map((field) => inRule(ruleNameAt(body, field.path), field)));
  }
};

const versionStale = (condition: VersionCondition): Failure =>
  new Failure(
    'VERSION_STALE',
    `The rules are not, or no longer, as If-Match says: read them again and send the ETag of that reply.${
      hasWeakTag(condition) ? ' A weak tag (W/"…") never matches: send it without W/.' : ''
    }`,
  );

/**
 * Puts rules in the place of all that an owner has.
 * @throws Failure FORBIDDEN, INVALID_REQUEST naming rules and fields, VERSION_STALE, STORE_UNAVAILABLE
 */
export const makeReplaceRules = (deps: ReplaceRulesDependencies) => {
  const readVisible = makeReadVisible(deps);

  const tenantFields = (owner: AgentOwner, rules: readonly RoutingRule[]): readonly FieldError[] =>
    owner === 'global'
      ? []
      : rules.flatMap(({ name, when }, index) =>
          when.tenants === undefined
            ? []
            : [inRule(name, { path: `rules.${index}.when.tenants`, message: 'is for global rules alone' })],
        );

  const agentFields = async (owner: AgentOwner, rules: readonly RoutingRule[]): Promise<readonly FieldError[]> => {
    if (rules.every(({ to }) => to.agentId === undefined)) return [];
    const visible = await readVisible(owner);
    return rules.flatMap(({ name, to: { agentId } }, index) => {
      if (agentId === undefined || visible.has(agentId)) return [];
      const message = `there is no agent ${agentId}${owner === 'global' ? ' of all tenants' : ''}`;
      return [inRule(name, { path: `rules.${index}.to.agent_id`, message })];
    });
  };

  const check = async (owner: AgentOwner, rules: readonly RoutingRule[]): Promise<void> => {
    const { faults } = compileRules(owner, rules, await deps.loadRegex());
    const fields = [
      ...tenantFields(owner, rules),
      ...faults.map(({ index, rule, path, message }) => inRule(rule, { path: `rules.${index}.${path}`, message })),
      ...(await agentFields(owner, rules)),
    ];
    if (fields.length > 0) throw invalidFields(fields.slice(0, 20));
  };

  return async (
    principal: Principal,
    visibility: Visibility | undefined,
    body: unknown,
    condition: VersionCondition,
  ): Promise<RulesOnRecord> => {
    const owner = ownerOf(principal, visibility);
    if (!mayChange(principal, owner)) throw forbidden();
    const rules = parseRules(body);
    await check(owner, rules);
    const current = await deps.rules.get(owner, storeSignal());
    if (!allows(condition, { version: current.version, createdAtMs: current.writtenAtMs }))
      throw versionStale(condition);
    const next = await deps.rules.put(owner, rules, current.version, storeSignal());
    if (next === undefined) throw versionStale(condition);
    audit(deps.log, principal, 'replace_rules', { owner, version: next.version });
    return next;
  };
};
