import type { Account, Resource } from '../types.ts';
import { FunctionNotFound } from './function-failures.ts';

export interface FunctionReference {
  readonly resource: Resource;
  /** Physical name. */
  readonly name: string;
  /** Alias or version as the caller gave it. */
  readonly qualifier: string | undefined;
  /** As the function sees it: with the qualifier, if there is one. */
  readonly arn: string;
}

/**
 * Makes what finds the function that a caller means by its name, partial or whole ARN, each with or without `:alias` or
 * `:version`.
 * @returns a function that throws FunctionNotFound, also if the function has no such version or alias
 */
export const makeFunctionReferences = (account: Account): ((functionRef: string) => FunctionReference) => {
  const functions = new Map(account.ofType('AWS::Lambda::Function').map((fn) => [account.ref(fn.logicalId), fn]));
  const qualified = new Set([
    ...account.ofType('AWS::Lambda::Alias').map(({ logicalId }) => account.ref(logicalId)),
    ...account.ofType('AWS::Lambda::Version').map(({ logicalId }) => account.ref(logicalId)),
  ]);
  const found = new Map<string, FunctionReference>();

  const find = (functionRef: string): FunctionReference => {
    const [name = '', qualifier, ...rest] = (functionRef.split('function:').at(-1) ?? '').split(':');
    const resource = functions.get(name);
    if (resource === undefined || rest.length > 0) throw new FunctionNotFound(functionRef);
    const own = account.attribute(resource.logicalId, 'Arn');
    if (functionRef.startsWith('arn:') && !functionRef.startsWith(own)) throw new FunctionNotFound(functionRef);
    const arn = qualifier === undefined ? own : `${own}:${qualifier}`;
    if (qualifier !== undefined && qualifier !== '$LATEST' && !qualified.has(arn))
      throw new FunctionNotFound(functionRef);
    return { resource, name, qualifier, arn };
  };

  return (functionRef) => {
    const known = found.get(functionRef);
    if (known !== undefined) return known;
    const reference = find(functionRef);
    found.set(functionRef, reference);
    return reference;
  };
};
