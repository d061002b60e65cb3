import { Arn, ArnFormat, Stack } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { Grant, type IRole } from 'aws-cdk-lib/aws-iam';

/** Key of the tag of Lambda functions that Switchboard may call; its value is the stage whose agents they are. */
export const AGENT_TAG = 'switchboard:agent';

export type TableAction = 'GetItem' | 'BatchGetItem' | 'Query' | 'PutItem' | 'UpdateItem' | 'DeleteItem';

export interface TableAccess {
  readonly actions: readonly TableAction[];
  /** Indexes that may be queried. @default - none */
  readonly indexes?: readonly string[];
  /** Beginnings of the partition keys that these actions are for. @default - all */
  readonly keys?: readonly string[];
}

/**
 * Lets `role` do these actions on the table's own items and query these indexes: narrower than `grantReadWriteData`,
 * which brings Scan, streams and every index.
 */
export const grantTable = (role: IRole, table: ITable, { actions, indexes = [], keys }: TableAccess): void => {
  Grant.addToPrincipal({
    grantee: role,
    actions: actions.map((action) => `dynamodb:${action}`),
    resourceArns: [table.tableArn],
    ...(keys === undefined
      ? {}
      : { conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': keys.map((key) => `${key}*`) } } }),
  });
  if (indexes.length > 0)
    Grant.addToPrincipal({
      grantee: role,
      actions: ['dynamodb:Query'],
      resourceArns: indexes.map((index) => `${table.tableArn}/index/${index}`),
    });
};

/** Lets `role` read the secrets of one stage that agents' definitions may name. */
export const grantReadSecrets = (role: IRole, stage: string): void => {
  const secrets = { service: 'secretsmanager', resource: 'secret', resourceName: `switchboard/${stage}/*` };
  Grant.addToPrincipal({
    grantee: role,
    actions: ['secretsmanager:GetSecretValue'],
    resourceArns: [Arn.format({ ...secrets, arnFormat: ArnFormat.COLON_RESOURCE_NAME }, Stack.of(role))],
  });
};

/**
 * Lets `role` invoke whatever function of this account and region is tagged as an agent of the stage: agents are registered at run
 * time, so their names are unknown here. Lambda checks the function's tags, also when an alias or version is invoked.
 */
export const grantInvokeAgents = (role: IRole, stage: string): void => {
  const functions = { service: 'lambda', resource: 'function', resourceName: '*' };
  Grant.addToPrincipal({
    grantee: role,
    actions: ['lambda:InvokeFunction'],
    resourceArns: [Arn.format({ ...functions, arnFormat: ArnFormat.COLON_RESOURCE_NAME }, Stack.of(role))],
    conditions: { StringEquals: { [`aws:ResourceTag/${AGENT_TAG}`]: stage } },
  });
};
