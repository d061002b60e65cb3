import { isRecord } from '../template/is-record.ts';
import { matchesWildcard } from './iam-wildcards.ts';

/** Values of the request's context keys; names are lower case, a key may have several values. */
export interface ContextKeys {
  get(name: string): readonly string[] | undefined;
}

/** A test of the context, made from a statement's `Condition` block. */
export type Condition = (context: ContextKeys) => boolean;

/** Whether one value of the context agrees with one value of the policy. */
type Match = (actual: string, wanted: string) => boolean;

const same: Match = (actual, wanted) => actual === wanted;
const sameIgnoringCase: Match = (actual, wanted) => actual.toLowerCase() === wanted.toLowerCase();
const like: Match = (actual, wanted) => matchesWildcard(wanted, actual);
const compare =
  (holds: (actual: number, wanted: number) => boolean): Match =>
  (actual, wanted) =>
    holds(Number(actual), Number(wanted));

/** In IAM `ArnEquals` and `ArnLike` behave identically: wildcards within each of the six parts. */
const arnLike: Match = (actual, wanted) => {
  const parts = (arn: string) => {
    const all = arn.split(':');
    return [...all.slice(0, 5), all.slice(5).join(':')];
  };
  const actualParts = parts(actual);
  return parts(wanted).every((part, index) => matchesWildcard(part, actualParts[index] ?? ''));
};

const POSITIVE: Readonly<Record<string, Match>> = {
  StringEquals: same,
  StringEqualsIgnoreCase: sameIgnoringCase,
  StringLike: like,
  Bool: sameIgnoringCase,
  NumericEquals: compare((actual, wanted) => actual === wanted),
  NumericLessThan: compare((actual, wanted) => actual < wanted),
  NumericLessThanEquals: compare((actual, wanted) => actual <= wanted),
  NumericGreaterThan: compare((actual, wanted) => actual > wanted),
  NumericGreaterThanEquals: compare((actual, wanted) => actual >= wanted),
  ArnEquals: arnLike,
  ArnLike: arnLike,
};

const NEGATED: Readonly<Record<string, Match>> = {
  StringNotEquals: same,
  StringNotEqualsIgnoreCase: sameIgnoringCase,
  StringNotLike: like,
  NumericNotEquals: compare((actual, wanted) => actual === wanted),
  ArnNotEquals: arnLike,
  ArnNotLike: arnLike,
};

/** Name of the context key with the partition keys that a DynamoDB call is about. */
export const LEADING_KEYS = 'dynamodb:leadingkeys';

/** Context keys that the gateway sets, beside `aws:ResourceTag/…`. */
const KNOWN_KEYS = new Set([
  'aws:requestedregion',
  'aws:securetransport',
  'aws:principalarn',
  'aws:principalaccount',
  LEADING_KEYS,
]);

/**
 * Compiles a `Condition` block; all of its keys must hold.
 * @throws Error naming an operator or context key that is not emulated
 */
export const compileConditions = (block: unknown, where: string): Condition => {
  if (block === undefined) return () => true;
  if (!isRecord(block)) throw new Error(`${where}: Condition is not an object`);
  const tests = Object.entries(block).flatMap(([operator, keys]) => {
    if (!isRecord(keys)) throw new Error(`${where}: Condition.${operator} is not an object`);
    return Object.entries(keys).map(([key, wanted]) => {
      requireKnownKey(key, where);
      const values = (Array.isArray(wanted) ? wanted : [wanted]).map(String);
      return { key: key.toLowerCase(), test: compileOperator(operator, values, where) };
    });
  });
  return (context) => tests.every(({ key, test }) => test(context.get(key)));
};

const requireKnownKey = (key: string, where: string): void => {
  const name = key.toLowerCase();
  if (KNOWN_KEYS.has(name) || name.startsWith('aws:resourcetag/')) return;
  throw new Error(`${where}: the local cloud does not emulate the condition key ${key}`);
};

type Test = (actual: readonly string[] | undefined) => boolean;

const compileOperator = (operator: string, wanted: readonly string[], where: string): Test => {
  const [, set, name = '', ifExists] = /^(?:(ForAllValues|ForAnyValue):)?([A-Za-z]+?)(IfExists)?$/.exec(operator) ?? [];
  if (name === 'Null') return (actual) => wanted.some((value) => (value === 'true') === (actual === undefined));
  const positive = POSITIVE[name];
  const negated = NEGATED[name];
  const one = (value: string): boolean =>
    positive ? wanted.some((item) => positive(value, item)) : !wanted.some((item) => negated?.(value, item));
  if (!positive && !negated) throw new Error(`${where}: the local cloud does not emulate the operator ${operator}`);
  if (ifExists) return (actual) => actual === undefined || compileSet(set, negated !== undefined, one)(actual);
  return compileSet(set, negated !== undefined, one);
};

/** A missing key fails a positive operator, passes a negated one, passes ForAllValues and fails ForAnyValue. */
const compileSet = (set: string | undefined, isNegated: boolean, one: (value: string) => boolean): Test => {
  if (set === 'ForAllValues') return (actual = []) => actual.every(one);
  if (set === 'ForAnyValue') return (actual = []) => actual.some(one);
  return (actual) => (actual === undefined ? isNegated : isNegated ? actual.every(one) : actual.some(one));
};
