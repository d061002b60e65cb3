import type { Account, Resource } from '../types.ts';
import { type Authorizer, readAuthorizer } from './authorizer.ts';
import { type GatewayResponses, readGatewayResponses } from './gateway-responses.ts';
import { type MethodThrottle, readThrottles } from './throttle.ts';

/** One method of one resource of the API and what answers it. */
export interface Route {
  /** Path of the resource, such as `/v1/agents/{agent_id}`. */
  readonly resourcePath: string;
  readonly resourceId: string;
  /** HTTP method, or `ANY`. */
  readonly method: string;
  readonly functionArn: string;
  readonly isStreaming: boolean;
  readonly timeoutMs: number;
  readonly authorizer: Authorizer | undefined;
}

/** The account's REST API as its stage serves it. */
export interface Api {
  readonly id: string;
  readonly name: string;
  readonly stage: string;
  readonly region: string;
  readonly accountId: string;
  readonly deploymentId: string;
  readonly binaryMediaTypes: readonly string[];
  readonly routes: readonly Route[];
  readonly responses: GatewayResponses;
  readonly throttles: readonly MethodThrottle[];
}

const DEFAULT_TIMEOUT_MS = 29_000;
const PREFIX = 'AWS::ApiGateway::';
const URI = /:lambda:path\/\d{4}-\d\d-\d\d\/functions\/(.+)\/(response-streaming-invocations|invocations)$/;

/**
 * Reads the API.
 * @throws Error unless there is exactly one API with one stage, or if a method is neither a Lambda proxy nor known
 *   authorization
 */
export const readApi = (account: Account): Api => {
  const api = only(account, `${PREFIX}RestApi`);
  const stage = only(account, `${PREFIX}Stage`);
  const authorizers = new Map(
    account.ofType(`${PREFIX}Authorizer`).map((authorizer) => [authorizer.logicalId, readAuthorizer(authorizer)]),
  );
  const paths = resourcePaths(account, api);
  return {
    id: account.ref(api.logicalId),
    name: String(api.properties.Name ?? api.logicalId),
    stage: String(stage.properties.StageName),
    region: account.region,
    accountId: account.accountId,
    deploymentId: String(stage.properties.DeploymentId),
    binaryMediaTypes: Array.isArray(api.properties.BinaryMediaTypes) ? api.properties.BinaryMediaTypes.map(String) : [],
    routes: account.ofType(`${PREFIX}Method`).map((method) => readRoute(method, paths, authorizers)),
    responses: readGatewayResponses(account.ofType(`${PREFIX}GatewayResponse`)),
    throttles: readThrottles(stage),
  };
};

const only = (account: Account, type: string): Resource => {
  const [found, another] = account.ofType(type);
  if (found === undefined || another !== undefined) throw new Error(`The front door needs exactly one ${type}`);
  return found;
};

/** Paths by resource id. */
const resourcePaths = (account: Account, api: Resource): ReadonlyMap<string, string> => {
  const resources = new Map(account.ofType(`${PREFIX}Resource`).map((each) => [account.ref(each.logicalId), each]));
  const root = account.attribute(api.logicalId, 'RootResourceId');
  const pathOf = (id: string): string => {
    if (id === root) return '';
    const resource = resources.get(id);
    if (resource === undefined) throw new Error(`The API has no resource ${id}`);
    return `${pathOf(String(resource.properties.ParentId))}/${String(resource.properties.PathPart)}`;
  };
  return new Map([[root, '/'], ...[...resources.keys()].map((id) => [id, pathOf(id)] as const)]);
};

const readRoute = (
  { logicalId, properties }: Resource,
  paths: ReadonlyMap<string, string>,
  authorizers: ReadonlyMap<string, Authorizer>,
): Route => {
  const integration = (properties.Integration ?? {}) as Readonly<Record<string, unknown>>;
  const [, functionArn, action] = URI.exec(String(integration.Uri)) ?? [];
  if (integration.Type !== 'AWS_PROXY' || functionArn === undefined)
    throw new Error(
      `${logicalId}: the local cloud emulates Lambda proxy integrations, not ${String(integration.Type)}`,
    );
  const isStreaming = integration.ResponseTransferMode === 'STREAM';
  if (isStreaming !== (action === 'response-streaming-invocations'))
    throw new Error(`${logicalId}: ResponseTransferMode and the integration's URI do not fit each other`);
  const { AuthorizationType: authorization = 'NONE', AuthorizerId } = properties;
  const authorizer = authorization === 'CUSTOM' ? authorizers.get(String(AuthorizerId)) : undefined;
  if (authorization !== 'NONE' && authorizer === undefined)
    throw new Error(`${logicalId}: the local cloud does not emulate authorization by ${String(authorization)}`);
  const resourceId = String(properties.ResourceId);
  return {
    resourcePath: paths.get(resourceId) ?? '/',
    resourceId,
    method: String(properties.HttpMethod),
    functionArn,
    isStreaming,
    timeoutMs: Number(integration.TimeoutInMillis ?? DEFAULT_TIMEOUT_MS),
    authorizer,
  };
};
