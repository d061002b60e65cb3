import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Account, FunctionHost, Resource } from '../types.ts';
import { type ResponseServer, startResponseServer } from './custom-resource-response.ts';

/** What is remembered of a custom resource between starts. */
interface CustomResourceRecord extends Pick<Resource, 'stack' | 'logicalId' | 'type'> {
  readonly physicalResourceId: string;
  readonly properties: Readonly<Record<string, unknown>>;
  /** Asset of the function's code, so that new code runs again over old properties. */
  readonly code: string;
}

/** By logical id; one that was replaced stands under a key of its own until it is deleted. */
export type CustomResourceRecords = Readonly<Record<string, CustomResourceRecord>>;

interface Ground {
  readonly account: Account;
  readonly host: Pick<FunctionHost, 'invoke'>;
  readonly remembered: CustomResourceRecords;
}

interface Deployment extends Pick<Ground, 'account' | 'host'> {
  readonly responses: ResponseServer;
}

/** For a resource without `ServiceTimeout`. CloudFormation waits an hour; a person at a terminal does not. */
const DEFAULT_TIMEOUT_SECONDS = 60;

/**
 * Brings the account's custom resources up to date, one after the other, in template order after what they depend on:
 * Create for a new one, Update if its properties changed or, which CloudFormation does not notice, its function's code:
 * who develops the function sees it run. The function is invoked once and its failure is reported at once, where
 * CloudFormation would invoke it asynchronously, try again and wait for its time limit.
 *
 * @returns what to remember, those among it that `deleteLeftResources` has to delete
 * @throws Error with the reason that the function gave
 */
export const deployCustomResources = async ({ account, host, remembered }: Ground): Promise<CustomResourceRecords> => {
  const records: Record<string, CustomResourceRecord> = { ...remembered };
  const responses = await startResponseServer();
  try {
    for (const resource of inOrder(account.resources.filter(isCustom))) {
      const { logicalId } = resource;
      const old = records[logicalId];
      const now = await deploy({ account, host, responses }, resource, old);
      records[logicalId] = now;
      if (old !== undefined && old.physicalResourceId !== now.physicalResourceId)
        records[`${logicalId} ${old.physicalResourceId}`] = { ...old, logicalId, type: now.type, stack: now.stack };
    }
  } finally {
    await responses.close();
  }
  return records;
};

/**
 * Sends Delete for every custom resource that is no longer in the account, left or replaced, all at the same time, as
 * CloudFormation does once the rest of a deployment is done. One that fails is reported and stays remembered.
 *
 * @param forget hears which of `remembered` are gone
 */
export const deleteLeftResources = async (
  { account, host, remembered }: Ground,
  forget: (key: string) => void,
  report: (error: Error) => void,
): Promise<void> => {
  const present = new Set(account.resources.filter(isCustom).map(({ logicalId }) => logicalId));
  const left = Object.entries(remembered).filter(([key]) => !present.has(key));
  if (left.length === 0) return;
  const responses = await startResponseServer();
  const remove = async (record: CustomResourceRecord): Promise<void> => {
    const { physicalResourceId: PhysicalResourceId, properties: ResourceProperties } = record;
    const change = { RequestType: 'Delete', ResourceProperties, PhysicalResourceId };
    // A function that left with its resource can't be asked any more.
    if (functionOf(account, record) !== undefined) await request({ account, host, responses }, record, change);
  };
  await Promise.all(left.map(([key, record]) => remove(record).then(() => forget(key), report)));
  await responses.close();
};

const isCustom = ({ type }: Resource): boolean =>
  type === 'AWS::CloudFormation::CustomResource' || type.startsWith('Custom::');

/** @throws Error for a cycle */
const inOrder = (resources: readonly Resource[]): readonly Resource[] => {
  const ids = new Set(resources.map(({ logicalId }) => logicalId));
  const ordered: Resource[] = [];
  const waiting = [...resources];
  while (waiting.length > 0) {
    const next = waiting.findIndex(({ dependsOn }) =>
      dependsOn.every((id) => !ids.has(id) || ordered.some(({ logicalId }) => logicalId === id)),
    );
    if (next === -1)
      throw new Error(`custom resources depend on each other: ${waiting.map((r) => r.logicalId).join()}`);
    ordered.push(...waiting.splice(next, 1));
  }
  return ordered;
};

const deploy = async (
  deployment: Deployment,
  resource: Resource,
  old: CustomResourceRecord | undefined,
): Promise<CustomResourceRecord> => {
  const { stack, logicalId, type } = resource;
  const properties = asStrings(resource.properties) as Readonly<Record<string, unknown>>;
  const code = codeOf(deployment.account, resource);
  if (old !== undefined && old.code === code && isDeepStrictEqual(old.properties, properties))
    return { ...old, stack, logicalId, type };
  const change =
    old === undefined
      ? { RequestType: 'Create', ResourceProperties: properties }
      : {
          RequestType: 'Update',
          ResourceProperties: properties,
          OldResourceProperties: old.properties,
          PhysicalResourceId: old.physicalResourceId,
        };
  const physicalResourceId = await request(deployment, resource, change);
  return { stack, logicalId, type, physicalResourceId, properties, code };
};

/** Sends one lifecycle event and waits for the answer at the ResponseURL; gives the physical id. */
const request = async (
  { account, host, responses }: Deployment,
  resource: Pick<Resource, 'stack' | 'logicalId' | 'type' | 'properties'>,
  change: Readonly<Record<string, unknown>>,
): Promise<string> => {
  const what = `custom resource ${resource.logicalId}: ${String(change.RequestType)}`;
  const serviceToken = String(resource.properties.ServiceToken);
  const timeoutSeconds = Number(resource.properties.ServiceTimeout ?? DEFAULT_TIMEOUT_SECONDS);
  const { url, answer } = responses.expect(timeoutSeconds * 1000);
  const event = {
    ...change,
    ServiceToken: serviceToken,
    ResponseURL: url,
    StackId: `arn:aws:cloudformation:${account.region}:${account.accountId}:stack/${resource.stack}/local`,
    RequestId: randomUUID(),
    LogicalResourceId: resource.logicalId,
    ResourceType: resource.type,
  };
  const failed = host.invoke(serviceToken, Buffer.from(JSON.stringify(event))).then((result) => {
    if (result.functionError !== undefined)
      throw new Error(`the function failed: ${result.payload.toString('utf8', 0, 1000)}`);
  });
  try {
    // A function that ended well may answer a moment later, so only its failure decides.
    const reply = await Promise.race([answer, failed.then(() => answer)]);
    if (reply.status !== 'SUCCESS') throw new Error(reply.reason || 'it gave no reason');
    return reply.physicalResourceId;
  } catch (error) {
    throw new Error(`${what} failed: ${(error as Error).message}`, { cause: error });
  }
};

/** CloudFormation turns every number and boolean of a custom resource's properties into a string. */
const asStrings = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(asStrings);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, asStrings(item)]));
  return value === null || value === undefined ? value : String(value);
};

/** What its ServiceToken names; undefined if the account has no such function. */
const functionOf = (account: Account, { properties }: Pick<Resource, 'properties'>): Resource | undefined => {
  const name = /:function:([^:]+)/.exec(String(properties.ServiceToken))?.[1];
  return account.ofType('AWS::Lambda::Function').find(({ logicalId }) => account.ref(logicalId) === name);
};

const codeOf = (account: Account, resource: Resource): string => {
  const target = functionOf(account, resource);
  if (target === undefined)
    throw new Error(`custom resource ${resource.logicalId}: its ServiceToken is no function of the stacks`);
  return JSON.stringify(target.properties.Code);
};
