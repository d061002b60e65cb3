import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import {
  AccessLogFormat,
  AuthorizationType,
  EndpointType,
  IdentitySource,
  LambdaIntegration,
  LogGroupLogDestination,
  MethodLoggingLevel,
  RequestAuthorizer,
  ResponseTransferMode,
  RestApi,
} from 'aws-cdk-lib/aws-apigateway';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Settings } from '../config.ts';
import { addProblemResponses } from './problem-responses.ts';

interface Route {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** `router` streams its replies, `api` answers whole. */
  readonly by: 'router' | 'api';
  /** Needs no token. */
  readonly open?: true;
}

const ROUTES: readonly Route[] = [
  { method: 'POST', path: '/v1/agents/message', by: 'router' },
  { method: 'POST', path: '/v1/agents/route', by: 'router' },
  { method: 'GET', path: '/v1/agents', by: 'api' },
  { method: 'GET', path: '/v1/agents/status', by: 'api' },
  { method: 'GET', path: '/v1/agents/{agent_id}', by: 'api' },
  { method: 'GET', path: '/v1/conversations', by: 'api' },
  { method: 'GET', path: '/v1/conversations/{conversation_id}', by: 'api' },
  { method: 'GET', path: '/v1/conversations/{conversation_id}/turns/{turn_id}', by: 'api' },
  { method: 'GET', path: '/v1/openapi.json', by: 'api', open: true },
  { method: 'GET', path: '/healthz', by: 'api', open: true },
];

/** Longest that API Gateway keeps a streamed reply open. CDK writes none by itself, and 29 s would apply. */
export const STREAM_TIMEOUT = Duration.minutes(15);

export interface FrontDoorProps {
  readonly settings: Settings;
  readonly router: IFunction;
  readonly api: IFunction;
  readonly authorizer: IFunction;
}

/** The REST API: routes, who may call them, and what it answers itself. Nothing that it logs holds a body. */
export class FrontDoor extends Construct {
  readonly restApi: RestApi;

  constructor(scope: Construct, id: string, props: FrontDoorProps) {
    super(scope, id);
    this.restApi = this.makeApi(props.settings);
    addProblemResponses(this.restApi);
    const authorizer = new RequestAuthorizer(this, 'Authorizer', {
      handler: props.authorizer,
      identitySources: [IdentitySource.header('Authorization')],
      // Keyed by the header alone, so the policy that is cached must cover the whole API.
      resultsCacheTtl: Duration.seconds(300),
    });
    // One permission a function, not one a route: a function's policy may have 20 KB, about 30 routes.
    const shared = { scopePermissionToMethod: false };
    const integrations = {
      router: new LambdaIntegration(props.router, {
        ...shared,
        responseTransferMode: ResponseTransferMode.STREAM,
        timeout: STREAM_TIMEOUT,
      }),
      api: new LambdaIntegration(props.api, shared),
    };
    for (const { method, path, by, open } of ROUTES)
      this.restApi.root
        .resourceForPath(path)
        .addMethod(method, integrations[by], open ? { authorizationType: AuthorizationType.NONE } : { authorizer });
  }

  private makeApi(settings: Settings): RestApi {
    const accessLogs = new LogGroup(this, 'AccessLogs', {
      retention: settings.logRetentionDays,
      removalPolicy: settings.removalPolicy === 'retain' ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    return new RestApi(this, 'Api', {
      restApiName: `switchboard-${settings.stage}`,
      endpointTypes: [EndpointType.REGIONAL],
      // As text, API Gateway would silently replace bytes that are not UTF-8; the functions are to refuse them.
      binaryMediaTypes: ['*/*'],
      // API Gateway logs through one role of the whole account and region, which a new account lacks.
      cloudWatchRole: true,
      cloudWatchRoleRemovalPolicy: RemovalPolicy.RETAIN,
      deployOptions: {
        stageName: settings.stage,
        throttlingRateLimit: settings.throttleRate,
        throttlingBurstLimit: settings.throttleBurst,
        loggingLevel: MethodLoggingLevel.ERROR,
        dataTraceEnabled: false,
        accessLogDestination: new LogGroupLogDestination(accessLogs),
        accessLogFormat: AccessLogFormat.custom(JSON.stringify(ACCESS_LOG)),
      },
    });
  }
}

const ACCESS_LOG = {
  request_id: '$context.requestId',
  time: '$context.requestTimeEpoch',
  method: '$context.httpMethod',
  route: '$context.resourcePath',
  status: '$context.status',
  took_ms: '$context.responseLatency',
  response_bytes: '$context.responseLength',
  source_ip: '$context.identity.sourceIp',
  authorizer_status: '$context.authorizer.status',
  error: '$context.error.responseType',
};
