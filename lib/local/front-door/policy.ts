import { matchesWildcard } from '../iam/iam-wildcards.ts';

interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
}

/**
 * Whether the policy of an authorizer lets this method be called. A deny wins; what is not mentioned is denied.
 * @returns undefined if it is no such policy, or has elements that are not emulated
 */
export const evaluatePolicy = (policy: unknown, methodArn: string): 'allow' | 'deny' | 'explicit-deny' | undefined => {
  const { Statement: given } = (policy ?? {}) as { Statement?: unknown };
  const statements = Array.isArray(given) ? given : [given];
  if (!statements.every(isStatement)) return undefined;
  const effects = statements
    .filter(({ Action: action }) =>
      listOf(action).some((each) => matchesWildcard(each.toLowerCase(), 'execute-api:invoke')),
    )
    .filter(({ Resource: resource }) => listOf(resource).some((each) => matchesWildcard(each, methodArn)))
    .map(({ Effect: effect }) => effect);
  if (effects.includes('Deny')) return 'explicit-deny';
  return effects.includes('Allow') ? 'allow' : 'deny';
};

const KEYS = new Set(['Sid', 'Effect', 'Action', 'Resource']);

const isStatement = (value: unknown): value is Statement => {
  if (typeof value !== 'object' || value === null) return false;
  const { Effect, Action, Resource } = value as Record<string, unknown>;
  return (
    (Effect === 'Allow' || Effect === 'Deny') &&
    [Action, Resource].every(
      (each) => listOf(each).length > 0 && listOf(each).every((one) => typeof one === 'string'),
    ) &&
    Object.keys(value).every((key) => KEYS.has(key))
  );
};

const listOf = <T>(value: T | readonly T[]): readonly T[] => (Array.isArray(value) ? value : [value as T]);
