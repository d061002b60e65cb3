import { setTimeout as sleep } from 'node:timers/promises';
import {
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { FunctionHost } from '../types.ts';
import { failedMessageIds } from './batch-response.ts';

/** An event source mapping on a queue, read. */
export interface EventSource {
  readonly id: string;
  readonly queueUrl: string;
  readonly queueArn: string;
  readonly region: string;
  readonly functionRef: string;
  /** Logical id of the function's role. */
  readonly role: string;
  readonly batchSize: number;
  /** How long a batch may wait to fill, ms. */
  readonly windowMs: number;
  /** Batches in work at a time. */
  readonly maxConcurrency: number;
  readonly reportsItemFailures: boolean;
}

interface Poller {
  readonly source: EventSource;
  readonly client: SQSClient;
  readonly host: Pick<FunctionHost, 'invoke'>;
  readonly report: (error: Error) => void;
  readonly signal: AbortSignal;
}

/** Short, so that closing does not wait long; a message ends the wait at once. */
const LONG_POLL_SECONDS = 1;
/** After a poll that failed. */
const PAUSE_MS = 1000;
/** What one receive or delete takes. */
const MAX_RECEIVE = 10;

/** Polls until the signal. What goes wrong is reported; messages of a failed batch come again when their visibility timeout ends. */
export const pollQueue = async (poller: Poller): Promise<void> => {
  const { source, report, signal } = poller;
  const batches = new Set<Promise<void>>();
  while (!signal.aborted) {
    try {
      const messages = await receiveBatch(poller);
      if (messages.length > 0) {
        const batch = runBatch(poller, messages)
          .catch((error: Error) => report(new Error(`event source ${source.id}: ${error.message}`, { cause: error })))
          .finally(() => batches.delete(batch));
        batches.add(batch);
      }
    } catch (error) {
      report(new Error(`event source ${source.id}: ${(error as Error).message}`, { cause: error }));
      await sleep(PAUSE_MS, undefined, { signal }).catch(() => undefined);
    }
    while (batches.size >= source.maxConcurrency) await Promise.race(batches);
  }
  await Promise.all(batches);
};

/**
 * What Lambda checks when a mapping is made: that the function's role may read the queue.
 * @throws Error with the service's reason
 */
export const checkQueueAccess = async ({ source, client }: Pick<Poller, 'source' | 'client'>): Promise<void> => {
  try {
    await client.send(new GetQueueAttributesCommand({ QueueUrl: source.queueUrl, AttributeNames: ['QueueArn'] }));
  } catch (error) {
    throw new Error(`event source ${source.id}: ${(error as Error).message}`, { cause: error });
  }
};

/** One batch: what a long poll gives, and more until it is full or the batching window is over. */
const receiveBatch = async ({ source, client, signal }: Poller): Promise<readonly Message[]> => {
  const messages: Message[] = [];
  const receive = async (waitSeconds: number): Promise<void> => {
    const reply = await client.send(
      new ReceiveMessageCommand({
        QueueUrl: source.queueUrl,
        MaxNumberOfMessages: Math.min(MAX_RECEIVE, source.batchSize - messages.length),
        WaitTimeSeconds: waitSeconds,
        MessageSystemAttributeNames: ['All'],
        MessageAttributeNames: ['All'],
      }),
    );
    messages.push(...(reply.Messages ?? []));
  };
  await receive(LONG_POLL_SECONDS);
  // The window is real time, not cloud time: a moved clock must not cut it short while messages trickle in.
  const endMs = performance.now() + source.windowMs;
  while (messages.length > 0 && messages.length < source.batchSize && performance.now() < endMs && !signal.aborted)
    await receive(Math.min(LONG_POLL_SECONDS, Math.ceil((endMs - performance.now()) / 1000)));
  return messages;
};

const runBatch = async ({ source, client, host, report }: Poller, messages: readonly Message[]): Promise<void> => {
  const event = { Records: messages.map((message) => toRecord(source, message)) };
  const result = await host.invoke(source.functionRef, Buffer.from(JSON.stringify(event)));
  if (result.functionError !== undefined) {
    report(new Error(`event source ${source.id}: the function failed: ${result.payload.toString('utf8', 0, 1000)}`));
    return;
  }
  const ids = messages.map((message) => message.MessageId ?? '');
  const failed = source.reportsItemFailures ? failedMessageIds(result.payload.toString(), ids) : new Set<string>();
  const done = messages.filter((message) => !failed.has(message.MessageId ?? ''));
  for (let start = 0; start < done.length; start += MAX_RECEIVE)
    await deleteMessages(client, source, done.slice(start, start + MAX_RECEIVE));
};

const deleteMessages = async (client: SQSClient, source: EventSource, messages: readonly Message[]): Promise<void> => {
  const reply = await client.send(
    new DeleteMessageBatchCommand({
      QueueUrl: source.queueUrl,
      Entries: messages.map((message, index) => ({ Id: String(index), ReceiptHandle: message.ReceiptHandle })),
    }),
  );
  const [failed] = reply.Failed ?? [];
  if (failed !== undefined) throw new Error(`a message could not be deleted: ${failed.Code} ${failed.Message ?? ''}`);
};

/** A message as Lambda shows it to a function. */
const toRecord = (source: EventSource, message: Message) => ({
  messageId: message.MessageId,
  receiptHandle: message.ReceiptHandle,
  body: message.Body,
  attributes: message.Attributes ?? {},
  messageAttributes: Object.fromEntries(
    Object.entries(message.MessageAttributes ?? {}).map(([name, { DataType, StringValue, BinaryValue }]) => [
      name,
      {
        dataType: DataType,
        ...(StringValue === undefined ? {} : { stringValue: StringValue }),
        ...(BinaryValue === undefined ? {} : { binaryValue: Buffer.from(BinaryValue).toString('base64') }),
        stringListValues: [],
        binaryListValues: [],
      },
    ]),
  ),
  md5OfBody: message.MD5OfBody,
  eventSource: 'aws:sqs',
  eventSourceARN: source.queueArn,
  awsRegion: source.region,
});
