import type { Account, Resource } from '../types.ts';
export interface LocalEndpoint {
  /** Where instances send all their AWS calls: the gateway. */
  readonly endpointUrl: string;
}
/**
 * Environment of a function's instances: the template's variables and what Lambda itself sets. Nothing of this process
 * but PATH. The access key is the logical id of the function's role, by which the gateway knows the caller; there is
 * no session token.
 * @throws Error if the function's role is not in the account
 */
export declare const instanceEnvironment: (
  account: Account,
  fn: Resource,
  codeDirectory: string,
  { endpointUrl }: LocalEndpoint,
) => Readonly<Record<string, string>>;
