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
export const instanceEnvironment = (
  account: Account,
  fn: Resource,
  codeDirectory: string,
  { endpointUrl }: LocalEndpoint,
): Readonly<Record<string, string>> => {
  const name = account.ref(fn.logicalId);
  const { Environment, Handler, MemorySize = 128, Runtime = 'nodejs24.x' } = fn.properties;
  return {
    ...(process.env.PATH === undefined ? {} : { PATH: process.env.PATH }),
    ...variablesOf(Environment),
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: versionOf(account, fn),
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(MemorySize),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
    AWS_EXECUTION_ENV: `AWS_Lambda_${String(Runtime)}`,
    AWS_REGION: account.region,
    AWS_DEFAULT_REGION: account.region,
    AWS_ENDPOINT_URL: endpointUrl,
    AWS_ACCESS_KEY_ID: roleOf(account, fn),
    AWS_SECRET_ACCESS_KEY: 'local',
    LAMBDA_TASK_ROOT: codeDirectory,
    _HANDLER: String(Handler),
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
  };
};

const variablesOf = (environment: unknown): Record<string, string> => {
  if (typeof environment !== 'object' || environment === null || !('Variables' in environment)) return {};
  return Object.fromEntries(Object.entries(environment.Variables ?? {}).map(([key, value]) => [key, String(value)]));
};

const roleOf = (account: Account, fn: Resource): string => {
  const role = account
    .ofType('AWS::IAM::Role')
    .find((candidate) => account.attribute(candidate.logicalId, 'Arn') === fn.properties.Role);
  if (role === undefined) throw new Error(`${fn.logicalId}: no stack has its role ${String(fn.properties.Role)}`);
  return role.logicalId;
};

/** All versions run the same code here; the newest one names it. */
const versionOf = (account: Account, fn: Resource): string => {
  const name = account.ref(fn.logicalId);
  const versions = account
    .ofType('AWS::Lambda::Version')
    .filter(({ properties }) => String(properties.FunctionName).split(':function:').at(-1) === name);
  const newest = versions.at(-1);
  return newest === undefined ? '$LATEST' : account.attribute(newest.logicalId, 'Version');
};
