import type { RoutingRule } from '../../contract/routing-rules.ts';
import { fileGlob, type Matches, textGlob } from './globs.ts';
import type { RuleView } from './rule-view.ts';
import { saysOneOf } from './word-lists.ts';

/** A regular expression that is ready to match in linear time, and what it costs: time grows with `size` × text. */
export interface CompiledRegex {
  readonly matches: Matches;
  readonly size: number;
}

/** Compiles a regular expression. @throws Error whose message says to its author what is wrong with it */
export type CompileRegex = (pattern: string) => CompiledRegex;

/** For rules that have no regular expression: RE2 is not read for them. */
export const withoutRegex: CompileRegex = () => {
  throw new Error('cannot be used here');
};

/** One rule, ready to match. */
export interface CompiledRule {
  readonly name: string;
  /** Whose it is: a tenant, or `global`. */
  readonly owner: string;
  readonly priority: number;
  readonly target: RoutingRule['to'];
  readonly holds: (view: RuleView, tenant: string) => boolean;
}

/** Rules in the order in which they are tried. */
export type CompiledRules = readonly CompiledRule[];

/** What is wrong with a rule; `path` within it, dotted as on the wire. */
export interface RuleFault {
  readonly index: number;
  readonly rule: string;
  readonly path: string;
  readonly message: string;
}

export interface Compilation {
  /** Those that are enabled and have no fault. */
  readonly rules: CompiledRules;
  readonly faults: readonly RuleFault[];
}

/** Sizes of one regular expression and of all of an owner together: the worst there are take some 50 ns × size a character. */
const MAX_REGEX_SIZE = 256;
const MAX_TOTAL_SIZE = 4_096;

type Condition = (view: RuleView) => boolean;
type CompileAll = (regexes: readonly string[] | undefined, path: string) => readonly Matches[];

const isAny = <T>(tests: readonly ((subject: T) => boolean)[], subject: T): boolean =>
  tests.some((test) => test(subject));

const textConditions = (when: RoutingRule['when'], compile: CompileAll): readonly Condition[] => {
  const { text } = when;
  if (text === undefined) return [];
  const regexes = compile(text.regex, 'when.text.regex');
  const globs = text.glob?.map(textGlob) ?? [];
  const says = text.anyOf === undefined ? undefined : saysOneOf(text.anyOf);
  const of = text.in;
  return [
    // What costs least first.
    ...(says === undefined ? [] : [(view: RuleView) => says(view[of]().text, view[of]().words())]),
    ...(globs.length === 0 ? [] : [(view: RuleView) => isAny(globs, view[of]().lower())]),
    ...(regexes.length === 0 ? [] : [(view: RuleView) => isAny(regexes, view[of]().text)]),
  ];
};

const fileConditions = ({ files }: RoutingRule['when'], compile: CompileAll): readonly Condition[] => {
  if (files === undefined) return [];
  const regexes = compile(files.regex, 'when.files.regex');
  const globs = files.glob?.map((glob) => fileGlob(glob.toLowerCase())) ?? [];
  const fits = ({ name, lower }: { name: string; lower: string }) =>
    (globs.length === 0 || isAny(globs, lower)) && (regexes.length === 0 || isAny(regexes, name));
  return [(view) => view.files().some(fits)];
};

/**
 * Makes the rules of one owner ready to match. A rule with a fault is left out, and the others are not.
 * @param compileRegex is called for rules with regular expressions alone
 */
export const compileRules = (owner: string, rules: readonly RoutingRule[], compileRegex: CompileRegex): Compilation => {
  const faults: RuleFault[] = [];
  let total = 0;

  const compileOne = (pattern: string): Matches => {
    const { matches, size } = compileRegex(pattern);
    if (size > MAX_REGEX_SIZE)
      throw new Error(`is too large: it takes ${size} steps, and may take ${MAX_REGEX_SIZE}. Repeat less in {n,m}`);
    total += size;
    if (total > MAX_TOTAL_SIZE)
      throw new Error(`is one too many: all rules' expressions together may take ${MAX_TOTAL_SIZE} steps`);
    return matches;
  };

  const compileRule = (rule: RoutingRule, index: number): CompiledRules => {
    const found = faults.length;
    const compile: CompileAll = (regexes = [], path) =>
      regexes.flatMap((pattern, at) => {
        try {
          return [compileOne(pattern)];
        } catch (fault) {
          const message = fault instanceof Error ? fault.message : String(fault);
          faults.push({ index, rule: rule.name, path: `${path}.${at}`, message });
          return [];
        }
      });
    const conditions = [...textConditions(rule.when, compile), ...fileConditions(rule.when, compile)];
    if (faults.length > found || !rule.enabled) return [];
    const tenants = rule.when.tenants === undefined ? undefined : new Set<string>(rule.when.tenants);
    const holds: CompiledRule['holds'] = (view, tenant) =>
      (tenants?.has(tenant) ?? true) && conditions.every((condition) => condition(view));
    return [{ name: rule.name, owner, priority: rule.priority, target: rule.to, holds }];
  };

  return { rules: inOrder(rules.flatMap(compileRule)), faults };
};

/** The highest priority first; sorting keeps the order of equals. */
const inOrder = (rules: CompiledRules): CompiledRules =>
  rules.toSorted((left, right) => right.priority - left.priority);

/** The rules of several owners together: of the same priority those of the first owner come first. */
export const mergeRules = (...owners: readonly CompiledRules[]): CompiledRules => {
  const present = owners.filter((rules) => rules.length > 0);
  return present.length === 1 ? (present[0] ?? []) : inOrder(present.flat());
};
