import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { installClock, makeClock } from '../../../../lib/local/clock.ts';
import { type Queues, startQueues } from '../../../../lib/local/engines/queues.ts';
import { resolveTemplates } from '../../../../lib/local/template/template.ts';
import type { ServiceCall } from '../../../../lib/local/types.ts';
import { sampleStacks } from '../sample-stacks.ts';

const account = resolveTemplates(sampleStacks(), { gatewayUrl: 'http://127.0.0.1:4000' });
const QueueUrl = account.ref('Queue');

const run = async (queues: Queues, action: string, input: object = {}): Promise<Record<string, unknown>> => {
  const headers = { 'x-amz-target': `AmazonSQS.${action}` };
  const body = Buffer.from(JSON.stringify({ QueueUrl, ...input }));
  const call: ServiceCall = {
    seq: 1,
    caller: 'r',
    service: 'sqs',
    action,
    resource: '*',
    method: 'POST',
    path: '/',
    headers,
    body,
  };
  const reply = await queues.backend(call);
  return reply.body.toString() === '' ? {} : JSON.parse(String(reply.body));
};

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});
const start = async (folder?: string) => {
  const queues = await startQueues(account, folder);
  closing.push(queues.close);
  return queues;
};

describe('queues', () => {
  it('count what is visible, in flight and delayed', async () => {
    const queues = await start();
    await run(queues, 'SendMessage', { MessageBody: 'now' });
    await run(queues, 'SendMessage', { MessageBody: 'now too' });
    await run(queues, 'SendMessage', { MessageBody: 'later', DelaySeconds: 60 });
    await run(queues, 'ReceiveMessage');
    expect(queues.counts()).toEqual([
      { id: 'Dead', visible: 0, in_flight: 0, delayed: 0 },
      { id: 'Queue', visible: 1, in_flight: 1, delayed: 1 },
    ]);
  });

  it('take visibility timeout and redrive from the template, and time from the clock', async () => {
    const clock = makeClock();
    closing.push(installClock(clock));
    const queues = await start();
    await run(queues, 'SendMessage', { MessageBody: 'poison' });
    for (const _ of [1, 2]) {
      expect((await run(queues, 'ReceiveMessage')).Messages).toHaveLength(1);
      expect((await run(queues, 'ReceiveMessage')).Messages).toBeUndefined();
      clock.advance(61_000);
    }
    expect((await run(queues, 'ReceiveMessage')).Messages).toBeUndefined();
    expect(queues.counts()[0]).toEqual({ id: 'Dead', visible: 1, in_flight: 0, delayed: 0 });
  });

  it('keep their messages in the data folder', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'queues-'));
    closing.push(() => rmSync(folder, { recursive: true }));
    const first = await startQueues(account, folder);
    await run(first, 'SendMessage', { MessageBody: 'kept' });
    await first.close();
    const { Messages } = await run(await start(folder), 'ReceiveMessage');
    expect(Messages).toMatchObject([{ Body: 'kept' }]);
  });

  it('rejects a call to a queue that is not there', async () => {
    const reply = await run(await start(), 'SendMessage', { QueueUrl: 'http://x/000000000000/none', MessageBody: 'x' });
    expect(reply.__type).toContain('QueueDoesNotExist');
  });
});
