import { InvokeCommand, InvokeWithResponseStreamCommand } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { InvocableHost } from '../../../../lib/local/gateway/lambda-service.ts';
import {
  ConcurrencyExceeded,
  FunctionFailed,
  FunctionNotFound,
} from '../../../../lib/local/lambda/function-failures.ts';
import { startSampleCloud } from '../sample-cloud.ts';

const MIB = 1024 * 1024;
const accepted: string[] = [];

/** Does what the event says. */
const host: InvocableHost = {
  invoke: async (functionRef, payload) => {
    const event = JSON.parse(payload.toString());
    if (event.do === 'throw') return { payload: Buffer.from('{"errorType":"E"}'), functionError: 'Unhandled' };
    if (event.do === 'busy') throw new ConcurrencyExceeded('ConcurrentInvocationLimitExceeded');
    if (event.do === 'missing') throw new FunctionNotFound(functionRef);
    if (event.do === 'large') return { payload: Buffer.from(JSON.stringify('x'.repeat(6 * MIB + 200))) };
    return { payload: Buffer.from(JSON.stringify({ functionRef, bytes: payload.length })) };
  },
  invokeStreaming: async (_, payload) => ({
    contentType: 'text/plain',
    chunks: (async function* () {
      yield Buffer.from('one');
      yield Buffer.from('');
      yield Buffer.from('two'.repeat(100_000));
      if (payload.includes('throw')) throw new FunctionFailed(Buffer.from('{"errorType":"E"}'));
    })(),
  }),
  invokeAsync: async (functionRef) => void accepted.push(functionRef),
};

let cloud: Awaited<ReturnType<typeof startSampleCloud>>;
let lambda: ReturnType<typeof cloud.clientsOf>['lambda'];
beforeAll(async () => {
  cloud = await startSampleCloud(host);
  lambda = cloud.clientsOf('WriterRole').lambda;
});
afterAll(() => cloud.close());

const FunctionName = 'arn:aws:lambda:us-east-1:000000000000:function:Agent:live';
const invoke = (event: object, more: object = {}) =>
  lambda.send(new InvokeCommand({ FunctionName, Payload: Buffer.from(JSON.stringify(event)), ...more }));

describe('Invoke', () => {
  it.each([
    [{ FunctionName }, FunctionName],
    [{ FunctionName: 'Agent', Qualifier: 'live' }, 'Agent:live'],
    [{ FunctionName: 'Agent' }, 'Agent'],
  ])('reaches the function named by %j', async (named, functionRef) => {
    const { Payload, StatusCode, FunctionError } = await invoke({}, named);
    expect({ StatusCode, FunctionError }).toEqual({ StatusCode: 200, FunctionError: undefined });
    expect(JSON.parse(Buffer.from(Payload ?? []).toString())).toEqual({ functionRef, bytes: 2 });
  });

  it('hands an error of the function on', async () => {
    expect(await invoke({ do: 'throw' })).toMatchObject({ StatusCode: 200, FunctionError: 'Unhandled' });
  });

  it('accepts events, and tries permissions without running anything', async () => {
    expect((await invoke({}, { InvocationType: 'Event' })).StatusCode).toBe(202);
    expect((await invoke({}, { InvocationType: 'DryRun' })).StatusCode).toBe(204);
    expect(accepted).toEqual([FunctionName]);
  });

  it.each([
    ['busy', 'TooManyRequestsException', 429],
    ['missing', 'ResourceNotFoundException', 404],
  ])('rejects when the function is %s', async (what, name, httpStatusCode) => {
    await expect(invoke({ do: what })).rejects.toMatchObject({ name, $metadata: { httpStatusCode } });
  });

  it('rejects a function without the tag', async () => {
    await expect(invoke({}, { FunctionName: 'Writer' })).rejects.toMatchObject({
      name: 'AccessDeniedException',
      $metadata: { httpStatusCode: 403 },
    });
  });

  it.each([
    ['a synchronous event above 6 MiB', { x: 'x'.repeat(6 * MIB) }, {}],
    ['an asynchronous event above 1 MiB', { x: 'x'.repeat(MIB) }, { InvocationType: 'Event' }],
  ])('rejects %s', async (_, event, more) => {
    await expect(invoke(event, more)).rejects.toMatchObject({ name: 'RequestTooLargeException' });
  });

  it('rejects a reply above the limit as an error of the function', async () => {
    const { FunctionError, Payload } = await invoke({ do: 'large' });
    expect(FunctionError).toBe('Unhandled');
    expect(Buffer.from(Payload ?? []).toString()).toContain('Function.ResponseSizeTooLarge');
  });

  it('rejects an event that is not JSON', async () => {
    const sent = lambda.send(new InvokeCommand({ FunctionName, Payload: Buffer.from('{') }));
    await expect(sent).rejects.toMatchObject({ name: 'InvalidRequestContentException' });
  });
});

describe('InvokeWithResponseStream', () => {
  const stream = async (event: object) => {
    const Payload = Buffer.from(JSON.stringify(event));
    const { EventStream = [] as never } = await lambda.send(
      new InvokeWithResponseStreamCommand({ FunctionName, Payload }),
    );
    const chunks: Uint8Array[] = [];
    let end: object | undefined;
    for await (const { PayloadChunk, InvokeComplete } of EventStream) {
      if (PayloadChunk?.Payload) chunks.push(PayloadChunk.Payload);
      end = InvokeComplete ?? end;
    }
    return { text: Buffer.concat(chunks).toString(), end };
  };

  it('brings the chunks to the SDK, then the end', async () => {
    expect(await stream({})).toEqual({ text: `one${'two'.repeat(100_000)}`, end: {} });
  });

  it('rejects midway with an error code', async () => {
    expect((await stream({ do: 'throw' })).end).toMatchObject({
      ErrorCode: 'Unhandled',
      ErrorDetails: '{"errorType":"E"}',
    });
  });
});
