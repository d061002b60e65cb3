import { request } from 'node:http';
import {
  BatchGetItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { GetSecretValueCommand, PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { ReceiveMessageCommand, SendMessageBatchCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { makeSecrets } from '../../../../functions/adapters/secrets.ts';
import { ConnectionReset } from '../../../../lib/local/gateway/connection-reset.ts';
import { silentLog } from '../../../twins/silent-log.ts';
import { startSampleCloud } from '../sample-cloud.ts';

const TableName = 'Table';
const TURN = 'turn_01JABCDEFGHJKMNPQRSTVWXYZ0';
const item = (sk: string, more: object = {}) => ({ pk: { S: 'p' }, sk: { S: sk }, ...more });

let cloud: Awaited<ReturnType<typeof startSampleCloud>>;
let writer: ReturnType<typeof cloud.clientsOf>;
let reader: ReturnType<typeof cloud.clientsOf>;

beforeAll(async () => {
  cloud = await startSampleCloud();
  writer = cloud.clientsOf('WriterRole');
  reader = cloud.clientsOf('ReaderRole');
});
afterEach(() => cloud.gateway.setInterposers([]));
afterAll(() => cloud.close());

const lastEntry = () => cloud.ledger.entries().at(-1);

describe('DynamoDB through the gateway', () => {
  it('puts, gets and queries for a role that may', async () => {
    await writer.dynamodb.send(
      new PutItemCommand({ TableName, Item: item('a', { open_shard: { S: '1' }, open_at: { N: '5' } }) }),
    );
    const got = await reader.dynamodb.send(new GetItemCommand({ TableName, Key: item('a') }));
    expect(got.Item?.open_at).toEqual({ N: '5' });
    expect(got).not.toHaveProperty('ConsumedCapacity');
    const found = await writer.dynamodb.send(
      new QueryCommand({
        TableName,
        IndexName: 'open',
        KeyConditionExpression: 'open_shard = :s',
        ExpressionAttributeValues: { ':s': { S: '1' } },
      }),
    );
    expect(found.Items).toEqual([item('a', { open_shard: { S: '1' }, open_at: { N: '5' } })]);
    expect(lastEntry()?.resource).toBe('arn:aws:dynamodb:us-east-1:000000000000:table/Table/index/open');
  });

  it('rejects a role without the action, in the words of AWS', async () => {
    const put = reader.dynamodb.send(new PutItemCommand({ TableName, Item: item('b') }));
    await expect(put).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message:
        'User: arn:aws:sts::000000000000:assumed-role/ReaderRole/Agent is not authorized to perform: dynamodb:PutItem on resource: arn:aws:dynamodb:us-east-1:000000000000:table/Table because no identity-based policy allows the dynamodb:PutItem action',
    });
    expect(lastEntry()).toMatchObject({ action: 'PutItem', caller: 'ReaderRole', status: 400, capacity_units: 0 });
  });

  it('rejects an index query of a role that may read only the table', async () => {
    const query = new QueryCommand({ TableName, IndexName: 'open', KeyConditionExpression: 'open_shard = :s' });
    await expect(reader.dynamodb.send(query)).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });

  it('rejects a batch when one of its tables is not allowed', async () => {
    const batch = new BatchGetItemCommand({
      RequestItems: { Table: { Keys: [item('a')] }, Other: { Keys: [item('a')] } },
    });
    await expect(writer.dynamodb.send(batch)).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });

  it('passes a failed condition through', async () => {
    const put = new PutItemCommand({ TableName, Item: item('c'), ConditionExpression: 'attribute_not_exists(pk)' });
    await writer.dynamodb.send(put);
    await expect(writer.dynamodb.send(put)).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' });
    expect(lastEntry()).toMatchObject({ status: 400, capacity_units: 1 });
  });

  it('rejects an item of 401 KB, put or grown', async () => {
    const big = { big: { S: 'x'.repeat(401 * 1024) } };
    const put = writer.dynamodb.send(new PutItemCommand({ TableName, Item: item('d', big) }));
    await expect(put).rejects.toMatchObject({ name: 'ValidationException' });
    const grow = cloud.clientsOf('operator').dynamodb.send(
      new UpdateItemCommand({
        TableName,
        Key: item('d'),
        UpdateExpression: 'SET big = :big',
        ExpressionAttributeValues: { ':big': big.big },
      }),
    );
    await expect(grow).rejects.toMatchObject({ name: 'ValidationException' });
  });

  it('leaves the consumed capacity to a caller that asks for it', async () => {
    const command = new GetItemCommand({ TableName, Key: item('a'), ReturnConsumedCapacity: 'TOTAL' });
    expect((await reader.dynamodb.send(command)).ConsumedCapacity?.CapacityUnits).toBe(0.5);
  });

  it('rejects operations that no engine emulates, and says so', async () => {
    const write = new TransactWriteItemsCommand({ TransactItems: [{ Put: { TableName, Item: item('e') } }] });
    await expect(writer.dynamodb.send(write)).rejects.toMatchObject({
      name: 'UnknownOperationException',
      message: 'The local cloud does not emulate dynamodb:TransactWriteItems',
    });
    const list = writer.lambda.send(new ListFunctionsCommand({}));
    await expect(list).rejects.toThrow('does not emulate lambda:GET /2015-03-31/functions');
  });

  it('rejects a failed condition that asks for the old item, which dynalite does not return', async () => {
    const put = new PutItemCommand({
      TableName,
      Item: item('a'),
      ConditionExpression: 'attribute_not_exists(pk)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    await expect(writer.dynamodb.send(put)).rejects.toThrow('ReturnValuesOnConditionCheckFailure');
  });
});

describe('callers', () => {
  it('rejects credentials that are no role', async () => {
    const stranger = cloud.clientsOf('NoSuchRole').dynamodb;
    const get = stranger.send(new GetItemCommand({ TableName, Key: item('a') }));
    await expect(get).rejects.toMatchObject({ name: 'UnrecognizedClientException' });
  });

  it('rejects an unsigned request', async () => {
    const reply = await fetch(cloud.gateway.url, { method: 'POST', body: '{}' });
    expect(reply.status).toBe(403);
    expect(await reply.text()).toContain('MissingAuthenticationTokenException');
  });

  it('rejects a body above every limit with 413 and lives on', async () => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const sent = request(cloud.gateway.url, { method: 'POST' }, (reply) => resolve(reply.resume().statusCode));
      sent.once('error', reject).end(Buffer.alloc(17 * 1024 * 1024));
    });
    expect(status).toBe(413);
  });

  it('survives a caller that goes before its request is whole', async () => {
    const sent = request(cloud.gateway.url, { method: 'POST', headers: { 'content-length': 100 } });
    sent.once('error', () => undefined);
    sent.write('half');
    await new Promise((resolve) => setTimeout(resolve, 30));
    sent.destroy();
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(cloud.faults).toEqual([]);
  });

  it('rejects a body that is not JSON', async () => {
    const Authorization = 'AWS4-HMAC-SHA256 Credential=WriterRole/20260101/us-east-1/dynamodb/aws4_request';
    const headers = { Authorization, 'X-Amz-Target': 'DynamoDB_20120810.GetItem' };
    const reply = await fetch(cloud.gateway.url, { method: 'POST', headers, body: '[1' });
    expect(await reply.json()).toMatchObject({ __type: 'com.amazon.coral.service#SerializationException' });
  });
});

describe('SQS through the gateway', () => {
  it('sends by the queue URL of the template, and receives', async () => {
    const QueueUrl = cloud.account.ref('Queue');
    await writer.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify({ turn_id: TURN }) }));
    const operator = cloud.clientsOf('operator').sqs;
    const { Messages } = await operator.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 1 }));
    expect(Messages?.[0]?.Body).toContain(TURN);
    expect(cloud.ledger.entries({ turnId: TURN }).map(({ action }) => action)).toEqual([
      'SendMessage',
      'ReceiveMessage',
    ]);
    expect(cloud.queues.counts()).toContainEqual({ id: 'Queue', visible: 0, in_flight: 1, delayed: 0 });
  });

  it('rejects a receiver that may only send, with the client told why', async () => {
    const receive = writer.sqs.send(new ReceiveMessageCommand({ QueueUrl: cloud.account.ref('Queue') }));
    await expect(receive).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining('sqs:ReceiveMessage on resource: arn:aws:sqs:us-east-1:000000000000:Queue'),
    });
  });

  it('rejects a message above 1 MiB', async () => {
    const MessageBody = 'x'.repeat(1024 * 1024 + 1);
    const send = writer.sqs.send(new SendMessageCommand({ QueueUrl: cloud.account.ref('Queue'), MessageBody }));
    await expect(send).rejects.toThrow();
    const Entries = ['1', '2'].map((Id) => ({ Id, MessageBody: 'x'.repeat(600 * 1024) }));
    const batch = writer.sqs.send(new SendMessageBatchCommand({ QueueUrl: cloud.account.ref('Queue'), Entries }));
    await expect(batch).rejects.toThrow();
  });
});

describe('Secrets Manager through the gateway', () => {
  const SecretId = 'switchboard/local/t-acme/agent.example/main';
  const get = (clients: typeof writer, id = SecretId) =>
    clients.secretsmanager.send(new GetSecretValueCommand({ SecretId: id }));

  it('tells a secret by name and by ARN to a role that may, and the newest value alone', async () => {
    cloud.secrets.put(SecretId, 'old');
    cloud.secrets.put(SecretId, '{"bearer":"x"}');
    const got = await get(writer);
    expect(got).toMatchObject({ Name: SecretId, SecretString: '{"bearer":"x"}' });
    expect(got.ARN).toMatch(
      /^arn:aws:secretsmanager:us-east-1:000000000000:secret:switchboard\/local\/t-acme\/agent\.example\/main-[A-Za-z0-9]{6}$/,
    );
    expect(await get(writer, got.ARN)).toMatchObject({ Name: SecretId });
    expect(lastEntry()).toMatchObject({ service: 'secretsmanager', action: 'GetSecretValue', resource: got.ARN });
    expect(JSON.stringify(cloud.ledger.entries())).not.toContain('bearer');
  });

  it('is read by the adapter of agents, which tells a denial from a secret', async () => {
    cloud.secrets.put(SecretId, '{"bearer":"x"}');
    const signal = AbortSignal.timeout(5_000);
    const dependencies = { clock: Date.now, log: silentLog };
    expect(await makeSecrets(writer.secretsmanager, dependencies).read(SecretId, signal)).toEqual({ bearer: 'x' });
    const unreadable = { message: 'the secret may not be read', cause: 'AccessDeniedException' };
    await expect(makeSecrets(reader.secretsmanager, dependencies).read(SecretId, signal)).rejects.toMatchObject(
      unreadable,
    );
  });

  it('rejects a role without the permission, and other names', async () => {
    const denied = { name: 'AccessDeniedException', message: expect.stringContaining('secretsmanager:GetSecretValue') };
    await expect(get(reader)).rejects.toMatchObject(denied);
    cloud.secrets.put('other/thing', 'x');
    await expect(get(writer, 'other/thing')).rejects.toMatchObject(denied);
  });

  it('rejects a secret that is not there', async () => {
    await expect(get(writer, 'switchboard/local/nothing')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  it('rejects other operations, and says so', async () => {
    const put = writer.secretsmanager.send(new PutSecretValueCommand({ SecretId, SecretString: 'x' }));
    await expect(put).rejects.toThrow('does not emulate secretsmanager:PutSecretValue');
  });
});

describe('interposers', () => {
  it('can reset the connection after the write has taken effect', async () => {
    cloud.gateway.setInterposers([
      {
        after: async (call) => {
          if (call.action === 'PutItem') throw new ConnectionReset();
          return undefined;
        },
      },
    ]);
    const put = writer.dynamodb.send(new PutItemCommand({ TableName, Item: item('reset') }));
    await expect(put).rejects.toThrow(/socket hang up|ECONNRESET/);
    const got = await reader.dynamodb.send(new GetItemCommand({ TableName, Key: item('reset') }));
    expect(got.Item).toEqual(item('reset'));
    expect(cloud.ledger.entries().find(({ status }) => status === 0)).toMatchObject({ action: 'PutItem' });
  });

  it('can answer in the place of the service', async () => {
    const body = Buffer.from('{"__type":"x#ProvisionedThroughputExceededException","message":"slow down"}');
    const headers = { 'content-type': 'application/x-amz-json-1.0' };
    cloud.gateway.setInterposers([{ before: async () => ({ status: 400, headers, body }) }]);
    const put = writer.dynamodb.send(new PutItemCommand({ TableName, Item: item('never') }));
    await expect(put).rejects.toMatchObject({ name: 'ProvisionedThroughputExceededException' });
    cloud.gateway.setInterposers([]);
    const got = await reader.dynamodb.send(new GetItemCommand({ TableName, Key: item('never') }));
    expect(got.Item).toBeUndefined();
  });
});

describe('the ledger', () => {
  it('has one line a call, with capacity and the turns of request and reply', async () => {
    const Item = item('ledger', { turn_id: { S: TURN }, text: { S: 'x'.repeat(3000) } });
    const { seq = 0 } = lastEntry() ?? {};
    await writer.dynamodb.send(new PutItemCommand({ TableName, Item }));
    await reader.dynamodb.send(new GetItemCommand({ TableName, Key: item('ledger'), ConsistentRead: true }));
    const common = {
      service: 'dynamodb',
      resource: 'arn:aws:dynamodb:us-east-1:000000000000:table/Table',
      status: 200,
    };
    expect(cloud.ledger.entries({ turnId: TURN, sinceSeq: seq })).toMatchObject([
      { ...common, seq: seq + 1, action: 'PutItem', caller: 'WriterRole', capacity_units: 3, turn_ids: [TURN] },
      { ...common, seq: seq + 2, action: 'GetItem', caller: 'ReaderRole', capacity_units: 1, turn_ids: [TURN] },
    ]);
  });
});

it('met no fault of its own', () => expect(cloud.faults).toEqual([]));
