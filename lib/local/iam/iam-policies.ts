import { isRecord } from '../template/is-record.ts';
import type { Account, Resource } from '../types.ts';
import { type Condition, compileConditions } from './iam-conditions.ts';

/** One statement of a role's policies, ready to evaluate. */
export interface Statement {
  readonly effect: 'Allow' | 'Deny';
  /** Patterns, lower case. */
  readonly actions: readonly string[];
  readonly notActions: readonly string[] | undefined;
  readonly resources: readonly string[];
  readonly notResources: readonly string[] | undefined;
  readonly condition: Condition;
}

const logStatement = (...actions: string[]) => [{ Effect: 'Allow', Action: actions, Resource: '*' }];

/** AWS's own policies that stacks may attach; only log permissions, which the local cloud has no use for. */
const MANAGED_POLICIES: Readonly<Record<string, readonly unknown[]>> = {
  'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole': logStatement(
    'logs:CreateLogGroup',
    'logs:CreateLogStream',
    'logs:PutLogEvents',
  ),
  'arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs': logStatement('logs:*'),
};

/**
 * Statements per role, by the role's logical id: inline, attached by `AWS::IAM::Policy`, and known managed policies.
 * @throws Error naming what is not emulated: a managed policy, an operator, a condition key, a malformed statement
 */
export const collectStatements = (account: Account): ReadonlyMap<string, readonly Statement[]> => {
  const byName = new Map<string, { id: string; statements: Statement[] }>();
  for (const role of account.ofType('AWS::IAM::Role')) {
    byName.set(account.ref(role.logicalId), { id: role.logicalId, statements: ownStatements(role) });
  }
  for (const policy of account.ofType('AWS::IAM::Policy')) {
    const statements = compileDocument(policy.properties.PolicyDocument, policy.logicalId);
    for (const name of listOf(policy.properties.Roles).map(String)) {
      const role = byName.get(name);
      if (!role) throw new Error(`${policy.logicalId}: there is no role ${name} to attach to`);
      role.statements.push(...statements);
    }
  }
  return new Map([...byName.values()].map(({ id, statements }) => [id, statements]));
};

const ownStatements = (role: Resource): Statement[] => {
  const inline = listOf(role.properties.Policies).flatMap((policy) =>
    compileDocument(isRecord(policy) ? policy.PolicyDocument : undefined, role.logicalId),
  );
  const managed = listOf(role.properties.ManagedPolicyArns).flatMap((arn) => {
    const statements = MANAGED_POLICIES[String(arn)];
    if (!statements)
      throw new Error(`${role.logicalId}: the local cloud does not know the managed policy ${String(arn)}`);
    return compileDocument({ Statement: statements }, role.logicalId);
  });
  return [...inline, ...managed];
};

const listOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined ? [] : [value];
const patterns = (value: unknown): readonly string[] => listOf(value).map(String);

const compileDocument = (document: unknown, where: string): readonly Statement[] => {
  if (!isRecord(document)) throw new Error(`${where}: the policy document is missing`);
  return listOf(document.Statement).map((statement) => compileStatement(statement, where));
};

const KNOWN_ELEMENTS = new Set(['Sid', 'Effect', 'Action', 'NotAction', 'Resource', 'NotResource', 'Condition']);

const compileStatement = (statement: unknown, where: string): Statement => {
  if (!isRecord(statement)) throw new Error(`${where}: a policy statement is not an object`);
  const unknown = Object.keys(statement).find((element) => !KNOWN_ELEMENTS.has(element));
  if (unknown !== undefined)
    throw new Error(`${where}: the local cloud does not emulate ${unknown} in a role's statement`);
  const { Effect: effect, Action, NotAction, Resource: target, NotResource, Condition: condition } = statement;
  if (effect !== 'Allow' && effect !== 'Deny') throw new Error(`${where}: Effect must be Allow or Deny`);
  if ((Action === undefined) === (NotAction === undefined))
    throw new Error(`${where}: one of Action, NotAction is needed`);
  if ((target === undefined) === (NotResource === undefined)) {
    throw new Error(`${where}: one of Resource, NotResource is needed`);
  }
  const lower = (value: unknown) => patterns(value).map((action) => action.toLowerCase());
  return {
    effect,
    actions: lower(Action),
    notActions: NotAction === undefined ? undefined : lower(NotAction),
    resources: patterns(target),
    notResources: NotResource === undefined ? undefined : patterns(NotResource),
    condition: compileConditions(condition, where),
  };
};
