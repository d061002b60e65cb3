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
import type { Route } from '../../functions/domain/contract/route.ts';
import { ROUTES } from '../../functions/domain/contract/routes.ts';
import type { Settings } from '../config.ts';
import { addProblemResponses } from './problem-responses.ts';

/** Longest that API Gateway keeps a streamed reply open. CDK writes none by itself, and 29 s would apply. */
export const STREAM_TIMEOUT = Duration.minutes(15);

/** The name by which the API's own metrics go, so that what watches them needs no reference to the API itself. */
export const apiName = (stage: string): string => `switchboard-${stage}`;

export interface FrontDoorProps {
  readonly settings: Settings;
  /** What answers the routes, by `answeredBy`; replies of the router are streamed. */
  readonly answering: Readonly<Record<Route['answeredBy'], IFunction>>;
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
    const { router, registration, api } = props.answering;
    const integrations: Readonly<Record<Route['answeredBy'], LambdaIntegration>> = {
      router: new LambdaIntegration(router, {
        ...shared,
        responseTransferMode: ResponseTransferMode.STREAM,
        timeout: STREAM_TIMEOUT,
      }),
      registration: new LambdaIntegration(registration, shared),
      api: new LambdaIntegration(api, shared),
    };
    for (const { method, path, scope, answeredBy } of ROUTES)
      this.restApi.root
        .resourceForPath(path)
        .addMethod(
          method.toUpperCase(),
          integrations[answeredBy],
          scope === null ? { authorizationType: AuthorizationType.NONE } : { authorizer },
        );
  }

  private makeApi(settings: Settings): RestApi {
    const accessLogs = new LogGroup(this, 'AccessLogs', {
      retention: settings.logRetentionDays,
      removalPolicy: settings.removalPolicy === 'retain' ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    return new RestApi(this, 'Api', {
      restApiName: apiName(settings.stage),
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
