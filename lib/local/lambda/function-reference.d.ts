import type { Account, Resource } from '../types.ts';
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
export declare const makeFunctionReferences: (account: Account) => (functionRef: string) => FunctionReference;
