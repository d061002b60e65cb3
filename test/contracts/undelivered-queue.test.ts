import type { AddressInfo } from 'node:net';
import { CreateQueueCommand, DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { buildApp } from 'fauxqs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeUndeliveredQueue, parseUndelivered } from '../../functions/adapters/undelivered-queue.ts';
import type { TurnKey } from '../../functions/domain/turn/turn.ts';
import { freshName, leasedTurn, patience } from '../twins/samples.ts';
import { makeMemoryUndeliveredQueue } from '../twins/undelivered-queue.ts';
import { describeUndeliveredQueue, type ObservedQueue } from './undelivered-queue.contract.ts';

let sqs: ObservedQueue & { bodies(): Promise<readonly string[]> };
let stop: () => Promise<void>;
beforeAll(async () => {
  const app = buildApp({ logger: false });
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address() as AddressInfo;
  const endpoint = `http://127.0.0.1:${port}`;
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = new SQSClient({ endpoint, region: 'us-east-1', credentials });
  const QueueName = freshName('Undelivered');
  await client.send(new CreateQueueCommand({ QueueName }));
  const QueueUrl = `${endpoint}/000000000000/${QueueName}`;
  const bodies = async (): Promise<string[]> => {
    const taken: string[] = [];
    for (let more = true; more; ) {
      const { Messages = [] } = await client.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
      for (const { Body = '', ReceiptHandle } of Messages) {
        taken.push(Body);
        await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      }
      more = Messages.length > 0;
    }
    return taken;
  };
  sqs = {
    queue: makeUndeliveredQueue(client, QueueUrl),
    bodies,
    take: async () => (await bodies()).map(parseUndelivered),
  };
  stop = async () => {
    client.destroy();
    await app.close();
  };
});
afterAll(() => stop());

const memory = makeMemoryUndeliveredQueue();
const observedMemory: ObservedQueue = { queue: memory, take: async () => memory.takeAll() };

describeUndeliveredQueue('in memory', () => observedMemory);
describeUndeliveredQueue('SQS', () => sqs);

it('a message on the queue names the turn and holds nothing else', async () => {
  const { turn } = leasedTurn({ request: { message: 'a secret' } });
  await sqs.queue.send({ ...turn.key, request: turn.request } as TurnKey, 0, patience()).catch(() => undefined);
  for (const body of await sqs.bodies()) expect(body).not.toContain('a secret');
});

it.each([
  ['not JSON', 'turn_1'],
  ['another shape', '{"turn_id":"x"}'],
  ['an extra field', '{"tenant":"a","user_id":"b","conversation_id":"c","turn_id":"d","x":1}'],
])('rejects a message that this project did not write: %s', (_, body) => {
  expect(() => parseUndelivered(body)).toThrow();
});
