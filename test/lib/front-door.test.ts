import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { FAILURE_STATUS, Problem } from '../../functions/domain/contract/failures.ts';
import { synthesize, text } from './support/synthesized.ts';

const { switchboard } = synthesize({ throttleRate: 7, throttleBurst: 9 });

const Method = z.object({
  HttpMethod: z.string(),
  ResourceId: z.object({ Ref: z.string() }),
  AuthorizationType: z.string(),
  AuthorizerId: z.unknown().optional(),
  Integration: z.object({
    Uri: z.unknown(),
    ResponseTransferMode: z.string().optional(),
    TimeoutInMillis: z.number().optional(),
  }),
});
const Node = z.object({ PathPart: z.string(), ParentId: z.record(z.string(), z.unknown()) });

const pathOf = (id: string): string => {
  const { PathPart, ParentId } = Node.parse(switchboard.all[id]?.Properties);
  return `${typeof ParentId.Ref === 'string' ? pathOf(ParentId.Ref) : ''}/${PathPart}`;
};
const methods = switchboard.ofType('AWS::ApiGateway::Method').map(([, { Properties }]) => {
  const method = Method.parse(Properties);
  return { ...method, route: `${method.HttpMethod} ${pathOf(method.ResourceId.Ref)}` };
});

describe('routes', () => {
  test('are those of the contract', () => {
    expect(methods.map(({ route }) => route).sort()).toEqual([
      'DELETE /v1/agents/{agent_id}',
      'GET /healthz',
      'GET /v1/agents',
      'GET /v1/agents/status',
      'GET /v1/agents/{agent_id}',
      'GET /v1/conversations',
      'GET /v1/conversations/{conversation_id}',
      'GET /v1/conversations/{conversation_id}/turns/{turn_id}',
      'GET /v1/openapi.json',
      'GET /v1/routing/rules',
      'PATCH /v1/agents/{agent_id}',
      'POST /v1/agents',
      'POST /v1/agents/message',
      'POST /v1/agents/route',
      'POST /v1/agents/{agent_id}/probe',
      'PUT /v1/agents/{agent_id}',
      'PUT /v1/routing/rules',
    ]);
  });

  test('ask who calls, all but two', () => {
    const open = methods.filter(
      ({ AuthorizationType, AuthorizerId }) => AuthorizationType !== 'CUSTOM' || !AuthorizerId,
    );
    expect(open.map(({ route }) => route).sort()).toEqual(['GET /healthz', 'GET /v1/openapi.json']);
  });

  test('that take messages stream their replies for up to 15 minutes, the others answer whole', () => {
    for (const { route, Integration } of methods) {
      const streams = /^POST .*\/(message|route)$/.test(route);
      const whole = route.startsWith('GET') ? 'ApiLive' : 'RegistrationLive';
      const target = streams ? 'RouterLive' : whole;
      const ending = streams ? '/response-streaming-invocations' : '/invocations';
      expect(text(Integration.Uri).endsWith(`/functions/${target}${ending}`)).toBe(true);
      expect(Integration.ResponseTransferMode).toBe(streams ? 'STREAM' : undefined);
      expect(Integration.TimeoutInMillis).toBe(streams ? 900_000 : undefined);
    }
  });

  test('share one permission a function', () => {
    const permissions = switchboard
      .ofType('AWS::Lambda::Permission')
      .filter(([, { Properties }]) => Properties.Principal === 'apigateway.amazonaws.com')
      .map(([, { Properties }]) => text(Properties.FunctionName));
    expect(permissions.sort()).toEqual(['ApiLive', 'AuthorizerLive', 'RegistrationLive', 'RouterLive']);
  });
});

describe('the API', () => {
  test('asks the authorizer about the whole request, by its token', () => {
    const [authorizer] = switchboard.ofType('AWS::ApiGateway::Authorizer');
    expect(authorizer?.[1].Properties).toMatchObject({
      Type: 'REQUEST',
      IdentitySource: 'method.request.header.Authorization',
      AuthorizerResultTtlInSeconds: 300,
    });
  });

  test('throttles as set and logs neither bodies nor headers', () => {
    const [stage] = switchboard.ofType('AWS::ApiGateway::Stage');
    expect(stage?.[1].Properties).toMatchObject({
      StageName: 'dev',
      MethodSettings: [
        {
          HttpMethod: '*',
          ResourcePath: '/*',
          ThrottlingRateLimit: 7,
          ThrottlingBurstLimit: 9,
          DataTraceEnabled: false,
        },
      ],
    });
    expect(JSON.stringify(stage?.[1].Properties.AccessLogSetting)).not.toMatch(/input|body|header/);
  });

  test('hands bodies over as bytes, so that what is not UTF-8 can be refused', () => {
    expect(switchboard.one('AWS::ApiGateway::RestApi', 'FrontDoorApi').Properties).toMatchObject({
      BinaryMediaTypes: ['*/*'],
      EndpointConfiguration: { Types: ['REGIONAL'] },
    });
  });
});

describe('what the API answers itself', () => {
  const responses = new Map(
    switchboard.ofType('AWS::ApiGateway::GatewayResponse').map(([, { Properties }]) => {
      const response = z
        .object({
          ResponseType: z.string(),
          StatusCode: z.string(),
          ResponseParameters: z.record(z.string(), z.string()),
          ResponseTemplates: z.strictObject({ 'application/json': z.string() }),
        })
        .parse(Properties);
      return [response.ResponseType, response] as const;
    }),
  );

  test.each([
    ['UNAUTHORIZED', 'UNAUTHENTICATED', { 'WWW-Authenticate': "'Bearer'" }],
    ['ACCESS_DENIED', 'FORBIDDEN', {}],
    ['MISSING_AUTHENTICATION_TOKEN', 'ROUTE_NOT_FOUND', {}],
    ['INVALID_SIGNATURE', 'ROUTE_NOT_FOUND', {}],
    ['REQUEST_TOO_LARGE', 'MESSAGE_TOO_LARGE', {}],
    ['UNSUPPORTED_MEDIA_TYPE', 'UNSUPPORTED_MEDIA_TYPE', {}],
    ['THROTTLED', 'TOO_MANY_REQUESTS', { 'Retry-After': "'1'" }],
    ['INTEGRATION_TIMEOUT', 'DEADLINE_EXCEEDED', {}],
    ['DEFAULT_4XX', 'INVALID_REQUEST', {}],
    ['DEFAULT_5XX', 'INTERNAL', {}],
  ] as const)('%s is a problem with the code %s', (type, code, headers) => {
    const response = responses.get(type);
    const problem = Problem.parse(JSON.parse(response?.ResponseTemplates['application/json'] ?? ''));
    expect(problem).toMatchObject({ code, status: FAILURE_STATUS[code], request_id: '$context.requestId' });
    expect(response?.StatusCode).toBe(String(FAILURE_STATUS[code]));
    const expected = {
      'Content-Type': "'application/problem+json'",
      'X-Request-Id': 'context.requestId',
      ...headers,
    };
    expect(response?.ResponseParameters).toEqual(
      Object.fromEntries(Object.entries(expected).map(([name, value]) => [`gatewayresponse.header.${name}`, value])),
    );
  });
});
