import { isRecord } from '../template/is-record.ts';
import type { Account } from '../types.ts';
import { type ContextKeys, LEADING_KEYS } from './iam-conditions.ts';
import { collectStatements, type Statement } from './iam-policies.ts';
import { matchesWildcard } from './iam-wildcards.ts';
import { makeReadLeadingKeys } from './leading-keys.ts';

/** The logical id that needs no role: the local cloud itself and tests. */
export const OPERATOR = 'operator';

export type Decision = 'allow' | 'implicit-deny' | 'explicit-deny';

export interface Iam {
  /** Whether credentials of this name exist: a role's logical id or `operator`. */
  knows(caller: string): boolean;
  /**
   * What the caller's policies say about an action, such as `dynamodb:GetItem`, on the resource with this ARN.
   * @param body of the call: conditions on a table's leading keys are about it
   */
  evaluate(caller: string, action: string, resource: string, body: Buffer): Decision;
  /** The caller as AWS names it in messages; the session is the function that runs under the role. */
  callerArn(caller: string): string;
}

/** Builds every role's policies. @throws Error naming a policy, operator or condition key that is not emulated */
export const makeIam = (account: Account): Iam => {
  const statements = collectStatements(account);
  const tagsByArn = collectTags(account);
  const sessions = sessionNames(account);
  const principalArn = (caller: string) =>
    statements.has(caller) ? account.attribute(caller, 'Arn') : `arn:aws:iam::${account.accountId}:root`;

  const leadingKeys = makeReadLeadingKeys(account);
  const contextOf = (caller: string, resource: string, body: Buffer): ContextKeys => {
    const known = new Map<string, readonly string[]>([
      ...(tagsByArn.get(taggedArn(resource)) ?? []),
      ['aws:requestedregion', [account.region]],
      // Local calls use plain HTTP on the loopback in place of the TLS that the same call has in AWS.
      ['aws:securetransport', ['true']],
      ['aws:principalarn', [principalArn(caller)]],
      ['aws:principalaccount', [account.accountId]],
    ]);
    // Read only when a policy asks: it takes parsing the body.
    return { get: (name) => (name === LEADING_KEYS ? leadingKeys(resource, body) : known.get(name)) };
  };

  return {
    knows: (caller) => caller === OPERATOR || statements.has(caller),
    evaluate: (caller, action, resource, body) => {
      if (caller === OPERATOR) return 'allow';
      const context = contextOf(caller, resource, body);
      const name = action.toLowerCase();
      const applying = (statements.get(caller) ?? []).filter((statement) =>
        applies(statement, name, resource, context),
      );
      if (applying.some(({ effect }) => effect === 'Deny')) return 'explicit-deny';
      return applying.length > 0 ? 'allow' : 'implicit-deny';
    },
    callerArn: (caller) => {
      const role = principalArn(caller).replace(':iam:', ':sts:').replace(':role/', ':assumed-role/');
      return `${role}/${sessions.get(principalArn(caller)) ?? 'local'}`;
    },
  };
};

const applies = (statement: Statement, action: string, resource: string, context: ContextKeys): boolean => {
  const among = (patterns: readonly string[], text: string) =>
    patterns.some((pattern) => matchesWildcard(pattern, text));
  const actionFits = statement.notActions ? !among(statement.notActions, action) : among(statement.actions, action);
  if (!actionFits) return false;
  const { notResources, resources } = statement;
  const resourceFits = notResources ? !among(notResources, resource) : among(resources, resource);
  return resourceFits && statement.condition(context);
};

/** A function's tags hold for its versions and aliases, a table's for its indexes. */
const taggedArn = (resource: string): string =>
  resource
    .replace(/^(arn:aws:lambda:[^:]*:\d*:function:[^:]+):.*$/, '$1')
    .replace(/^(arn:aws:dynamodb:.*?:table\/[^/]+)\/.*$/, '$1');

const TAGGED_TYPES = ['AWS::Lambda::Function', 'AWS::SQS::Queue', 'AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable'];

type TagKeys = readonly (readonly [string, readonly string[]])[];

const collectTags = (account: Account): ReadonlyMap<string, TagKeys> => {
  const tagged = TAGGED_TYPES.flatMap((type) => account.ofType(type));
  return new Map(
    tagged.map(({ logicalId, properties }) => {
      const replicas = Array.isArray(properties.Replicas) ? properties.Replicas : [];
      const lists = [properties, ...replicas].map((holder) => (isRecord(holder) ? holder.Tags : undefined));
      const tags = lists.flatMap((list) => (Array.isArray(list) ? list : [])).filter(isRecord);
      const keys = tags.map(
        ({ Key, Value }) => [`aws:resourcetag/${String(Key).toLowerCase()}`, [String(Value)]] as const,
      );
      return [account.attribute(logicalId, 'Arn'), keys];
    }),
  );
};

/** Name of the function that runs under a role, by the role's ARN. */
const sessionNames = (account: Account): ReadonlyMap<string, string> =>
  new Map(account.ofType('AWS::Lambda::Function').map((fn) => [String(fn.properties.Role), account.ref(fn.logicalId)]));
