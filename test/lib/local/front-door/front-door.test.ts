import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { makeClock } from '../../../../lib/local/clock.ts';
import { type FrontDoor, type FrontDoorSettings, startFrontDoor } from '../../../../lib/local/front-door/front-door.ts';
import { ConcurrencyExceeded, FunctionFailed } from '../../../../lib/local/lambda/function-failures.ts';
import type { InvokeResult, Resource } from '../../../../lib/local/types.ts';
import { account, metricLog, resource } from '../hand-made-account.ts';

const FUNCTION = 'arn:aws:lambda:us-east-1:000000000000:function:';
const uri = (name: string, streaming = false) =>
  `arn:aws:apigateway:us-east-1:lambda:path/${streaming ? '2021-11-15' : '2015-03-31'}/functions/${FUNCTION}${name}:live/${streaming ? 'response-streaming-invocations' : 'invocations'}`;

const method = (
  resourceId: string,
  httpMethod: string,
  options: { stream?: boolean; auth?: string; ms?: number } = {},
) =>
  resource(`Method${resourceId}${httpMethod}`, 'AWS::ApiGateway::Method', {
    HttpMethod: httpMethod,
    ResourceId: resourceId,
    AuthorizationType: options.auth ? 'CUSTOM' : 'NONE',
    AuthorizerId: options.auth,
    Integration: {
      Type: 'AWS_PROXY',
      Uri: uri('Api', options.stream),
      ...(options.stream ? { ResponseTransferMode: 'STREAM' } : {}),
      ...(options.ms ? { TimeoutInMillis: options.ms } : {}),
    },
  });
const path = (id: string, ParentId: string, PathPart: string) =>
  resource(id, 'AWS::ApiGateway::Resource', { ParentId, PathPart });
const gatewayResponse = (type: string, options: Record<string, unknown> = {}) =>
  resource(`Response${type}`, 'AWS::ApiGateway::GatewayResponse', {
    ResponseType: type,
    ResponseParameters: {
      'gatewayresponse.header.Content-Type': "'application/problem+json'",
      'gatewayresponse.header.X-Request-Id': 'context.requestId',
      'gatewayresponse.header.X-Origin': 'method.request.header.Origin',
    },
    ResponseTemplates: {
      'application/json':
        '{"type":"$context.error.responseType","message":$context.error.messageString,"request_id":"$context.requestId"}',
    },
    ...options,
  });
const authorizer = (id: string, properties: Record<string, unknown> = {}) =>
  resource(id, 'AWS::ApiGateway::Authorizer', {
    Type: 'REQUEST',
    AuthorizerUri: uri('Auth'),
    IdentitySource: 'method.request.header.Authorization',
    AuthorizerResultTtlInSeconds: 300,
    ...properties,
  });

const API: readonly Resource[] = [
  resource('Api', 'AWS::ApiGateway::RestApi', { Name: 'switchboard', BinaryMediaTypes: ['image/*'] }),
  path('v1', 'Api-root', 'v1'),
  path('agents', 'v1', 'agents'),
  path('status', 'agents', 'status'),
  path('agent', 'agents', '{agent_id}'),
  path('rest', 'v1', '{proxy+}'),
  path('stream', 'Api-root', 'stream'),
  path('secret', 'Api-root', 'secret'),
  path('token', 'Api-root', 'token'),
  path('slow', 'Api-root', 'slow'),
  method('status', 'GET'),
  method('agent', 'GET'),
  method('agent', 'POST'),
  method('rest', 'ANY'),
  method('stream', 'POST', { stream: true, ms: 600 }),
  method('secret', 'GET', { auth: 'Requests' }),
  method('token', 'GET', { auth: 'Tokens' }),
  method('slow', 'GET', { ms: 60 }),
  authorizer('Requests'),
  authorizer('Tokens', { Type: 'TOKEN', IdentityValidationExpression: 'Bearer .+', AuthorizerResultTtlInSeconds: 0 }),
];
const stage = (settings: Record<string, unknown> = {}) =>
  resource('Stage', 'AWS::ApiGateway::Stage', {
    StageName: 'local',
    MethodSettings: [{ HttpMethod: '*', ResourcePath: '/*', ...settings }],
  });
const PROBLEMS = ['DEFAULT_4XX', 'DEFAULT_5XX'].map((type) => gatewayResponse(type));

type Handler = (event: Record<string, unknown>) => unknown;
const clock = makeClock();
const metrics = { current: metricLog() };
let door: FrontDoor;
let logged: string[];

/** A front door before functions that are played by these handlers. */
const start = async (
  handlers: { api?: Handler; auth?: Handler; stream?: (event: unknown) => AsyncIterable<Uint8Array> },
  options: { resources?: readonly Resource[]; settings?: Partial<FrontDoorSettings> } = {},
) => {
  metrics.current = metricLog();
  logged = [];
  const invoke = async (ref: string, payload: Buffer): Promise<InvokeResult> => {
    const handler = (ref.includes(':Auth:') ? handlers.auth : handlers.api) ?? (() => ({ statusCode: 200 }));
    try {
      return { payload: Buffer.from(JSON.stringify(await handler(JSON.parse(payload.toString()))) ?? 'null') };
    } catch (error) {
      if (error instanceof ConcurrencyExceeded) throw error;
      const message = error instanceof Error ? error.message : '';
      return { payload: Buffer.from(JSON.stringify({ errorMessage: message })), functionError: 'Unhandled' };
    }
  };
  door = await startFrontDoor({
    account: account([...API, ...(options.resources ?? [stage(), ...PROBLEMS])]),
    host: {
      invoke,
      invokeStreaming: async (_ref, payload) => ({
        contentType: 'x',
        chunks: handlers.stream?.(JSON.parse(payload.toString())) ?? chunks([]),
      }),
    },
    mayInvoke: () => true,
    port: 0,
    clock,
    metrics: { put: (datum) => metrics.current.put(datum) },
    log: ({ text }) => logged.push(text),
    ...options.settings,
  });
};
const text = (value: string) => Buffer.from(value);
async function* chunks(values: readonly (string | number | Error)[]): AsyncGenerator<Uint8Array> {
  for (const value of values) {
    if (value instanceof Error) throw value;
    if (typeof value === 'number') await new Promise((resolve) => setTimeout(resolve, value));
    else yield text(value);
  }
}
const PRELUDE = `{"statusCode":201,"headers":{"content-type":"text/event-stream"}}${'\0'.repeat(8)}`;
const get = (route: string, init: RequestInit = {}) => fetch(door.url + route, init);
const problem = async (response: Response) => ({ status: response.status, ...((await response.json()) as object) });
const policy = (Effect: string, Resource: string) => ({
  principalId: 'alice',
  policyDocument: { Version: '2012-10-17', Statement: [{ Effect, Action: 'execute-api:Invoke', Resource }] },
  context: { scopes: 'a b', level: 3, ok: true },
});
const ALLOW = policy('Allow', 'arn:aws:execute-api:us-east-1:000000000000:Api/local/*/*');

afterEach(() => door.close());

describe('routes and events', () => {
  const echo: Handler = (event) => ({ statusCode: 200, body: JSON.stringify(event) });
  const event = async (response: Response) => (await response.json()) as Record<string, unknown>;

  it('prefer literal parts to parameters, and these to the greedy one', async () => {
    await start({ api: echo });
    expect(await event(await get('/v1/agents/status'))).toMatchObject({
      resource: '/v1/agents/status',
      pathParameters: null,
    });
    expect(await event(await get('/v1/agents/a%3Ab/'))).toMatchObject({
      resource: '/v1/agents/{agent_id}',
      pathParameters: { agent_id: 'a%3Ab' },
    });
    expect(await event(await get('/v1/x/y'))).toMatchObject({
      resource: '/v1/{proxy+}',
      pathParameters: { proxy: 'x/y' },
    });
  });

  it('carry the request in the form of API Gateway', async () => {
    await start({ api: echo });
    const response = await get('/v1/agents/a?x=1&x=2&y=%20', {
      method: 'POST',
      body: '{"ä":1}',
      headers: { 'X-Own': 'v' },
    });
    const seen = await event(response);
    expect(seen).toMatchObject({
      path: '/v1/agents/a',
      httpMethod: 'POST',
      queryStringParameters: { x: '2', y: ' ' },
      multiValueQueryStringParameters: { x: ['1', '2'], y: [' '] },
      body: '{"ä":1}',
      isBase64Encoded: false,
      requestContext: {
        requestId: response.headers.get('x-amzn-requestid'),
        path: '/v1/agents/a',
        resourcePath: '/v1/agents/{agent_id}',
        stage: 'local',
        identity: { sourceIp: '127.0.0.1' },
        requestTime: expect.stringMatching(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/),
      },
    });
    expect(seen.headers).toMatchObject({ 'X-Own': 'v' });
    expect(seen.multiValueHeaders).toMatchObject({ 'X-Own': ['v'] });
    expect(seen.headers).not.toHaveProperty('connection');
  });

  it('carry binary bodies in base64, both ways', async () => {
    await start({
      api: ({ body, isBase64Encoded }) => ({
        statusCode: 200,
        headers: { 'content-type': 'image/png' },
        body,
        isBase64Encoded,
      }),
    });
    const body = Buffer.from([0, 255, 254]);
    const headers = { 'content-type': 'image/png', accept: 'image/png' };
    const response = await get('/v1/agents/a', { method: 'POST', body, headers });
    expect(Buffer.from(await response.arrayBuffer())).toEqual(body);
    const untouched = await get('/v1/agents/a', {
      method: 'POST',
      body,
      headers: { ...headers, accept: 'text/plain' },
    });
    expect(await untouched.text()).toBe(body.toString('base64'));
  });

  it('leave extra routes to who has them', async () => {
    await start(
      { api: echo },
      {
        settings: {
          extraRoutes: ({ url }, response) => {
            if (url !== '/_local/x') return false;
            response.end('extra');
            return true;
          },
        },
      },
    );
    expect(await (await get('/_local/x')).text()).toBe('extra');
    expect((await get('/_local/y')).status).toBe(403);
  });
});

describe('replies', () => {
  it('have the status, headers and body of the function', async () => {
    await start({
      api: () => ({
        statusCode: 207,
        headers: { 'X-A': '1', 'www-authenticate': 'Own' },
        multiValueHeaders: { 'set-cookie': ['a=1', 'b=2'] },
        body: 'text',
      }),
    });
    const response = await get('/v1/agents/a');
    expect([response.status, await response.text()]).toEqual([207, 'text']);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'x-a': '1',
      'x-amzn-remapped-www-authenticate': 'Own',
    });
    expect(response.headers.get('www-authenticate')).toBeNull();
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(response.headers.get('content-type')).toBe('application/json');
  });

  it.each([
    [null],
    ['text'],
    [{}],
    [{ statusCode: 'x' }],
    [{ statusCode: 200, body: {} }],
    [{ statusCode: 200, headers: [] }],
  ])('rejects the malformed reply %j with 502', async (reply) => {
    await start({ api: () => reply });
    expect(await problem(await get('/v1/agents/a'))).toMatchObject({
      status: 502,
      type: 'DEFAULT_5XX',
      message: 'Internal server error',
    });
    expect(logged[0]).toContain('malformed');
  });

  it('survives functions that fail, are throttled or take too long, without a word of why to the caller', async () => {
    await start({
      api: async ({ path: route, headers }) => {
        if (route === '/slow') return new Promise((resolve) => setTimeout(resolve, 300, { statusCode: 200 }));
        if (JSON.stringify(headers).includes('throttle'))
          throw new ConcurrencyExceeded('ConcurrentInvocationLimitExceeded');
        throw new Error('secret');
      },
    });
    expect(await problem(await get('/v1/agents/a'))).toMatchObject({ status: 502, message: 'Internal server error' });
    expect(await problem(await get('/v1/agents/a', { headers: { why: 'throttle' } }))).toMatchObject({ status: 500 });
    expect(await problem(await get('/slow'))).toMatchObject({ status: 504, type: 'INTEGRATION_TIMEOUT' });
    expect(logged.join()).toContain('secret');
  });

  it('rejects an invocation that no permission allows', async () => {
    const asked = vi.fn(() => false);
    await start({}, { settings: { mayInvoke: asked } });
    expect(await problem(await get('/v1/agents/a'))).toMatchObject({ status: 500 });
    expect(asked).toHaveBeenCalledWith(
      'apigateway.amazonaws.com',
      'arn:aws:execute-api:us-east-1:000000000000:Api/local/GET/v1/agents/{agent_id}',
      `${FUNCTION}Api:live`,
    );
  });

  it('are counted', async () => {
    await start({ api: ({ path: route }) => ({ statusCode: route === '/v1/agents/bad' ? 500 : 200 }) });
    await (await get('/v1/agents/a')).text();
    await (await get('/nowhere')).text();
    await (await get('/v1/agents/bad')).text();
    for (const dimensions of [{ ApiName: 'switchboard' }, { ApiName: 'switchboard', Stage: 'local' }]) {
      expect(metrics.current.values('Count', dimensions)).toEqual([1, 1, 1]);
      expect(metrics.current.values('4XXError', dimensions)).toEqual([0, 1, 0]);
      expect(metrics.current.values('5XXError', dimensions)).toEqual([0, 0, 1]);
      expect(metrics.current.values('Latency', dimensions)).toHaveLength(3);
    }
  });
});

describe('streams', () => {
  const post = (init: RequestInit = {}) => get('/stream', { method: 'POST', body: '{}', ...init });

  it('pass the first chunk on before the last is there', async () => {
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    await start({
      async *stream() {
        yield text(PRELUDE.slice(0, 20));
        yield text(`${PRELUDE.slice(20)}first`);
        await gate;
        yield text('last');
      },
    });
    const response = await post();
    expect([response.status, response.headers.get('content-type')]).toEqual([201, 'text/event-stream']);
    const reader = response.body?.getReader();
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('first');
    release();
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('last');
  });

  it('rejects streams without a valid prelude, and those that fail before it', async () => {
    for (const bad of [
      ['no prelude'],
      ['{}\0\0\0\0\0\0\0\0'],
      ['x'.repeat(20_000)],
      [new FunctionFailed(text('{}'))],
    ]) {
      await start({ stream: () => chunks(bad) });
      expect(await problem(await post())).toMatchObject({ status: 502 });
      await door.close();
    }
    await start({ stream: () => chunks([5000]) });
    expect(await problem(await post())).toMatchObject({ status: 504, type: 'INTEGRATION_TIMEOUT' });
  });

  it('survives a function that fails or times out in the middle: the connection breaks', async () => {
    await start({ stream: () => chunks([`${PRELUDE}first`, new FunctionFailed(text('{}'))]) });
    await expect((await post()).text()).rejects.toThrow();
    await door.close();
    await start({ stream: () => chunks([`${PRELUDE}first`, 1500]) });
    await expect((await post()).text()).rejects.toThrow();
  });

  it('survives a client that leaves: the function runs to its end', async () => {
    const ended = vi.fn();
    await start({
      async *stream() {
        yield text(`${PRELUDE}first`);
        for (let n = 0; n < 40; n++) {
          await new Promise((resolve) => setTimeout(resolve, 2));
          yield Buffer.alloc(100_000);
        }
        ended();
      },
    });
    const leaving = new AbortController();
    const response = await post({ signal: leaving.signal });
    await response.body?.getReader().read();
    leaving.abort();
    await vi.waitFor(() => expect(ended).toHaveBeenCalled());
  });
});

describe('gateway responses', () => {
  it('come with the template, status and headers of their type, else of the default, else of API Gateway', async () => {
    await start({}, { resources: [stage(), gatewayResponse('MISSING_AUTHENTICATION_TOKEN', { StatusCode: '404' })] });
    const own = await get('/nowhere', { headers: { origin: 'here' } });
    expect(Object.fromEntries(own.headers)).toMatchObject({
      'content-type': 'application/problem+json',
      'x-request-id': own.headers.get('x-amzn-requestid'),
      'x-origin': 'here',
      'x-amzn-errortype': 'MissingAuthenticationTokenException',
    });
    expect(await problem(own)).toEqual({
      status: 404,
      type: 'MISSING_AUTHENTICATION_TOKEN',
      message: 'Missing Authentication Token',
      request_id: own.headers.get('x-amzn-requestid'),
    });
    expect(await problem(await get('/secret'))).toEqual({ status: 401, message: 'Unauthorized' });
  });

  it('rejects unknown paths and methods with 403', async () => {
    await start({});
    for (const [route, init] of [
      ['/'],
      ['/v1'],
      ['/V1/agents/a'],
      ['//v1x'],
      ['/v1/agents/status', { method: 'DELETE' }],
    ] as const)
      expect(await problem(await get(route, init))).toMatchObject({
        status: 403,
        type: 'MISSING_AUTHENTICATION_TOKEN',
      });
    expect(await problem(await get('/nowhere', { headers: { authorization: 'Bearer x' } }))).toMatchObject({
      status: 403,
      type: 'INVALID_SIGNATURE',
    });
  });

  it('rejects bodies above 10 MB and events above 6 MB', async () => {
    const api = vi.fn(() => ({ statusCode: 200 }));
    await start({ api });
    for (const megabytes of [7, 11])
      expect(
        await problem(await get('/v1/agents/a', { method: 'POST', body: 'x'.repeat(megabytes * 1024 * 1024) })),
      ).toMatchObject({ status: 413, type: 'REQUEST_TOO_LARGE' });
    expect(api).not.toHaveBeenCalled();
  });

  it('rejects what exceeds the rate and burst of the stage, by the cloud clock', async () => {
    await start({}, { resources: [stage({ ThrottlingRateLimit: 1, ThrottlingBurstLimit: 2 }), ...PROBLEMS] });
    const statuses = async (count: number) => {
      const seen: number[] = [];
      for (let n = 0; n < count; n++) seen.push((await get('/v1/agents/a')).status);
      return seen;
    };
    expect(await statuses(3)).toEqual([200, 200, 429]);
    clock.advance(1000);
    expect(await statuses(2)).toEqual([200, 429]);
    expect(await problem(await get('/v1/agents/a'))).toMatchObject({ type: 'THROTTLED' });
  });

  it('rejects what is not HTTP, and paths that cannot be decoded', async () => {
    await start({});
    expect(await problem(await get('/v1/agents/%zz'))).toMatchObject({ status: 400, type: 'DEFAULT_4XX' });
    const socket = connect(Number(new URL(door.url).port), '127.0.0.1');
    socket.end('NOT HTTP\r\n\r\n');
    expect(String((await once(socket, 'data'))[0])).toMatch(/^HTTP\/1.1 400 Bad Request/);
  });

  it('survives a client that leaves in the middle of its request', async () => {
    await start({});
    const request = httpRequest(`${door.url}/v1/agents/a`, { method: 'POST', headers: { 'content-length': 100 } });
    request.write('x');
    setTimeout(() => request.destroy(), 50);
    await expect(once(request, 'response')).rejects.toThrow();
    expect((await get('/v1/agents/a')).status).toBe(200);
  });

  it('rejects at start what is not emulated', async () => {
    await start({});
    const refused = (extra: Resource[]) =>
      expect(
        startFrontDoor({
          account: account([...API, stage(), ...extra]),
          host: { invoke: vi.fn(), invokeStreaming: vi.fn() },
          mayInvoke: () => true,
          port: 0,
          clock,
          metrics: { put: () => undefined },
          log: () => undefined,
        }),
      ).rejects;
    const templated = (template: string) =>
      gatewayResponse('X', { ResponseTemplates: { 'application/json': template } });
    await refused([templated('$context.authorizer.x')]).toThrow(/authorizer\.x is not emulated/);
    await refused([gatewayResponse('X', { ResponseParameters: { 'gatewayresponse.header.A': 'b' } })]).toThrow(
      /header value b/,
    );
    await refused([authorizer('C', { Type: 'COGNITO_USER_POOLS' })]).toThrow(/COGNITO/);
    await refused([resource('M', 'AWS::ApiGateway::Method', { Integration: { Type: 'MOCK' } })]).toThrow(/not MOCK/);
  });
});

describe('authorizers', () => {
  const headers = { authorization: 'Bearer a' };

  it('are asked once for an identity until the result is too old, and say who calls', async () => {
    const auth = vi.fn<Handler>(() => ALLOW);
    const api = vi.fn<Handler>(() => ({ statusCode: 200 }));
    await start({ auth, api });
    await Promise.all([get('/secret', { headers }), get('/secret', { headers })]);
    expect((await get('/secret', { headers })).status).toBe(200);
    expect(auth).toHaveBeenCalledTimes(1);
    expect(auth.mock.calls[0]?.[0]).toMatchObject({
      type: 'REQUEST',
      methodArn: 'arn:aws:execute-api:us-east-1:000000000000:Api/local/GET/secret',
      headers: { authorization: 'Bearer a' },
    });
    expect(api.mock.calls[0]?.[0]).toMatchObject({
      requestContext: { authorizer: { principalId: 'alice', scopes: 'a b', level: '3', ok: 'true' } },
    });
    await get('/secret', { headers: { authorization: 'Bearer b' } });
    expect(auth).toHaveBeenCalledTimes(2);
    clock.advance(300_000);
    await get('/secret', { headers });
    expect(auth).toHaveBeenCalledTimes(3);
  });

  it('rejects a missing identity with 401 without a call', async () => {
    const auth = vi.fn(() => ALLOW);
    await start({ auth });
    expect(await problem(await get('/secret'))).toMatchObject({ status: 401, type: 'UNAUTHORIZED' });
    expect(await problem(await get('/token'))).toMatchObject({ status: 401 });
    expect(await problem(await get('/token', { headers: { authorization: 'Basic x' } }))).toMatchObject({
      status: 401,
    });
    expect(auth).not.toHaveBeenCalled();
  });

  it('of type TOKEN get the token, and are asked each time without a cache', async () => {
    const auth = vi.fn<Handler>(() => ALLOW);
    await start({ auth });
    for (let n = 0; n < 2; n++) expect((await get('/token', { headers })).status).toBe(200);
    expect(auth).toHaveBeenCalledTimes(2);
    expect(auth.mock.calls[0]?.[0]).toEqual({
      type: 'TOKEN',
      authorizationToken: 'Bearer a',
      methodArn: 'arn:aws:execute-api:us-east-1:000000000000:Api/local/GET/token',
    });
  });

  it.each<[string, Handler, number, string]>([
    [
      'says Unauthorized',
      () => {
        throw new Error('Unauthorized');
      },
      401,
      'UNAUTHORIZED',
    ],
    [
      'fails',
      () => {
        throw new Error('secret');
      },
      500,
      'AUTHORIZER_FAILURE',
    ],
    ['returns nothing', () => null, 500, 'AUTHORIZER_CONFIGURATION_ERROR'],
    ['returns no policy', () => ({ principalId: 'alice' }), 500, 'AUTHORIZER_CONFIGURATION_ERROR'],
    ['returns an odd context', () => ({ ...ALLOW, context: { a: {} } }), 500, 'AUTHORIZER_CONFIGURATION_ERROR'],
    ['denies', () => policy('Deny', '*'), 403, 'ACCESS_DENIED'],
    ['allows another path', () => policy('Allow', 'arn:aws:execute-api:*:*:Api/local/GET/other'), 403, 'ACCESS_DENIED'],
    ['allows another method', () => policy('Allow', 'arn:aws:execute-api:*:*:Api/*/POST/*'), 403, 'ACCESS_DENIED'],
  ])('rejects when the function %s', async (_, auth, status, type) => {
    const api = vi.fn();
    await start({ auth, api }, { resources: [stage(), ...PROBLEMS] });
    const seen = await problem(await get('/secret', { headers }));
    expect(seen).toMatchObject({ status, type });
    expect(JSON.stringify(seen)).not.toContain('secret');
    expect(api).not.toHaveBeenCalled();
  });

  it('are asked again after a failure', async () => {
    const auth = vi
      .fn<Handler>(() => ALLOW)
      .mockImplementationOnce(() => {
        throw new Error('once');
      });
    await start({ auth });
    expect((await get('/secret', { headers })).status).toBe(500);
    expect((await get('/secret', { headers })).status).toBe(200);
  });

  it('rejects an authorizer that no permission lets it invoke', async () => {
    const auth = vi.fn(() => ALLOW);
    await start({ auth }, { settings: { mayInvoke: (_, source) => !source.endsWith('/authorizers/Requests') } });
    expect(await problem(await get('/secret', { headers }))).toMatchObject({ type: 'AUTHORIZER_CONFIGURATION_ERROR' });
    expect(auth).not.toHaveBeenCalled();
  });
});
