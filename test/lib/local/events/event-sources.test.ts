import { GetQueueAttributesCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { type FauxqsServer, startFauxqs } from 'fauxqs';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { failedMessageIds } from '../../../../lib/local/events/batch-response.ts';
import { startEventSources } from '../../../../lib/local/events/event-sources.ts';
import type { InvokeResult } from '../../../../lib/local/types.ts';
import { fakeAccount } from '../fake-account.ts';

interface SqsEvent {
  readonly Records: readonly Readonly<Record<string, unknown> & { messageId: string; body: string }>[];
}

let server: FauxqsServer;
let sqs: SQSClient;
let queues = 0;

beforeAll(async () => {
  server = await startFauxqs({ port: 0, logger: false, host: '127.0.0.1' });
  sqs = new SQSClient({
    endpoint: server.address,
    region: 'us-east-1',
    credentials: { accessKeyId: 'operator', secretAccessKey: 'x' },
  });
});
afterAll(async () => {
  sqs.destroy();
  await server.stop();
});

/** Runs a mapping on a fresh queue against a function given as `answer`. */
const start = async (
  answer: (event: SqsEvent) => Promise<unknown> | unknown,
  mapping: Record<string, unknown> = {},
) => {
  queues += 1;
  const name = `Queue${queues}`;
  server.createQueue(name, { attributes: { VisibilityTimeout: '2' } });
  const queueArn = `arn:aws:sqs:us-east-1:000000000000:${name}`;
  const url = `${server.address}/000000000000/${name}`;
  const events: SqsEvent[] = [];
  const errors: Error[] = [];
  const account = fakeAccount(
    [
      { logicalId: name, type: 'AWS::SQS::Queue', properties: {} },
      { logicalId: 'WorkerRole', type: 'AWS::IAM::Role', properties: {} },
      { logicalId: 'Worker', type: 'AWS::Lambda::Function', properties: { Role: 'arn:role' } },
      {
        logicalId: 'Mapping',
        type: 'AWS::Lambda::EventSourceMapping',
        properties: {
          EventSourceArn: queueArn,
          FunctionName: 'arn:aws:lambda:us-east-1:000000000000:function:Worker:live',
          FunctionResponseTypes: ['ReportBatchItemFailures'],
          ...mapping,
        },
      },
    ],
    { refs: { [name]: url }, arns: { [name]: queueArn, WorkerRole: 'arn:role' } },
  );
  const host = {
    invoke: async (_: string, payload: Buffer): Promise<InvokeResult> => {
      const event = JSON.parse(payload.toString()) as SqsEvent;
      events.push(event);
      const reply = await answer(event);
      if (reply instanceof Error) return { payload: Buffer.from('{}'), functionError: 'Unhandled' };
      return { payload: Buffer.from(JSON.stringify(reply ?? null)) };
    },
  };
  const sources = await startEventSources({
    account,
    host,
    gatewayUrl: server.address,
    report: (error) => errors.push(error),
  });
  onTestFinished(() => sources.close());
  const send = (body: string) => sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: body }));
  const left = async () => {
    const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] }));
    return Number(Attributes?.ApproximateNumberOfMessages) + Number(Attributes?.ApproximateNumberOfMessagesNotVisible);
  };
  return { send, left, events, errors, bodies: () => events.flatMap(({ Records }) => Records.map(({ body }) => body)) };
};

test('a message reaches the function as Lambda shows it and is deleted when that succeeds', async () => {
  const { send, left, events } = await start(() => ({ batchItemFailures: [] }));
  await send('hello');
  await vi.waitUntil(async () => events.length === 1 && (await left()) === 0, 5000);
  expect(events[0]?.Records[0]).toMatchObject({
    body: 'hello',
    eventSource: 'aws:sqs',
    eventSourceARN: expect.stringMatching(/^arn:aws:sqs/),
    awsRegion: 'us-east-1',
    attributes: { ApproximateReceiveCount: '1', SentTimestamp: expect.any(String) },
  });
});

test('only the reported message of a batch comes again', async () => {
  let failed = '';
  const { send, left, bodies } = await start(({ Records }) => {
    const bad = failed === '' ? Records.find(({ body }) => body === 'bad') : undefined;
    failed ||= bad?.messageId ?? '';
    return { batchItemFailures: bad ? [{ itemIdentifier: bad.messageId }] : [] };
  });
  await Promise.all(['good', 'bad', 'fine'].map(send));
  await vi.waitUntil(async () => bodies().length === 4 && (await left()) === 0, 8000);
  expect(bodies().sort()).toEqual(['bad', 'bad', 'fine', 'good']);
});

test('survives a function that fails: its messages come again', async () => {
  let failures = 0;
  const { send, left, bodies, errors } = await start(() => (failures++ === 0 ? new Error('crash') : undefined));
  await send('again');
  await vi.waitUntil(async () => bodies().length === 2 && (await left()) === 0, 8000);
  expect(errors[0]?.message).toMatch(/Mapping.*failed/);
});

test('no more than MaximumConcurrency batches are in work, of no more than BatchSize messages', async () => {
  let running = 0;
  let most = 0;
  const { send, events } = await start(
    async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 100));
      running -= 1;
    },
    { BatchSize: 1, ScalingConfig: { MaximumConcurrency: 2 } },
  );
  await Promise.all(Array.from({ length: 6 }, (_, index) => send(String(index))));
  await vi.waitUntil(() => events.length >= 6, 5000);
  expect(most).toBe(2);
  expect(events.every(({ Records }) => Records.length === 1)).toBe(true);
});

test('a batching window gathers messages that come one after the other', async () => {
  const { send, events } = await start(() => undefined, { MaximumBatchingWindowInSeconds: 1 });
  await send('first');
  await new Promise((resolve) => setTimeout(resolve, 200));
  await send('second');
  await vi.waitUntil(() => events.length > 0, 5000);
  expect(events[0]?.Records.map(({ body }) => body)).toEqual(['first', 'second']);
});

describe('what a function reports', () => {
  test.each([
    ['null', []],
    ['', []],
    ['{}', []],
    ['{"batchItemFailures":null}', []],
    ['{"batchItemFailures":[]}', []],
    ['{"batchItemFailures":[{"itemIdentifier":"b"}]}', ['b']],
  ])('%s fails %j', (payload, failed) => {
    expect([...failedMessageIds(payload, ['a', 'b'])]).toEqual(failed);
  });

  test.each([
    'not json',
    '"done"',
    '{"batchItemFailures":"b"}',
    '{"batchItemFailures":[{"itemIdentifier":""}]}',
    '{"batchItemFailures":[{"itemIdentifier":"unknown"}]}',
    '{"batchItemFailures":[{}]}',
    '{"batchItemFailures":[null]}',
  ])('rejects %s: all have failed', (payload) => {
    expect([...failedMessageIds(payload, ['a', 'b'])]).toEqual(['a', 'b']);
  });
});

test('rejects a start when the role may not read the queue', async () => {
  const account = fakeAccount(
    [
      { logicalId: 'Gone', type: 'AWS::SQS::Queue', properties: {} },
      { logicalId: 'WorkerRole', type: 'AWS::IAM::Role', properties: {} },
      { logicalId: 'Worker', type: 'AWS::Lambda::Function', properties: { Role: 'arn:role' } },
      {
        logicalId: 'Mapping',
        type: 'AWS::Lambda::EventSourceMapping',
        properties: { EventSourceArn: 'arn:gone', FunctionName: 'Worker' },
      },
    ],
    { refs: { Gone: `${server.address}/000000000000/Gone` }, arns: { Gone: 'arn:gone', WorkerRole: 'arn:role' } },
  );
  const host = { invoke: () => Promise.reject(new Error('not reached')) };
  await expect(
    startEventSources({ account, host, gatewayUrl: server.address, report: () => undefined }),
  ).rejects.toThrow(/event source Mapping: .*queue does not exist/i);
});
