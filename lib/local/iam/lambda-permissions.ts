import type { Account, Resource } from '../types.ts';
import { matchesWildcard } from './iam-wildcards.ts';

/** Whether a service principal, such as `events.amazonaws.com`, may invoke a function for the resource `sourceArn`. */
export type MayInvoke = (principal: string, sourceArn: string, functionRef: string) => boolean;

/**
 * Reads the `AWS::Lambda::Permission`s. A permission holds for exactly the function, version or alias that it names:
 * one on `f:live` does not allow `f`, nor the other way round, as in AWS.
 */
export const makeMayInvoke = (account: Account): MayInvoke => {
  const permissions = account
    .ofType('AWS::Lambda::Permission')
    .map((permission) => readPermission(account, permission));
  return (principal, sourceArn, functionRef) => {
    const target = functionArnOf(account, functionRef);
    return permissions.some(
      (permission) =>
        permission.target === target &&
        permission.principal === principal &&
        (permission.sourceArn === undefined || matchesWildcard(permission.sourceArn, sourceArn)),
    );
  };
};

const readPermission = (account: Account, { logicalId, properties }: Resource) => {
  const { Action: action, FunctionName, Principal: principal, SourceArn: sourceArn, SourceAccount } = properties;
  if (action !== 'lambda:InvokeFunction') {
    throw new Error(`${logicalId}: the local cloud does not emulate a permission for ${String(action)}`);
  }
  return {
    target: functionArnOf(account, String(FunctionName)),
    // A permission for another account's sources allows nothing here.
    principal: SourceAccount === undefined || SourceAccount === account.accountId ? String(principal) : undefined,
    sourceArn: sourceArn === undefined ? undefined : String(sourceArn),
  };
};

/** ARN, with its qualifier if there is one, of a function given by name, `name:qualifier`, partial or whole ARN. */
export const functionArnOf = (account: Pick<Account, 'region' | 'accountId'>, functionRef: string): string => {
  const name = functionRef.split('function:').at(-1) ?? functionRef;
  return `arn:aws:lambda:${account.region}:${account.accountId}:function:${name}`;
};
