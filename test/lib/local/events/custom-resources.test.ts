import { describe, expect, test, vi } from 'vitest';
import {
  type CustomResourceRecords,
  deleteLeftResources,
  deployCustomResources,
} from '../../../../lib/local/events/custom-resources.ts';
import { fakeAccount } from '../fake-account.ts';

type Event = Readonly<Record<string, unknown>> & { ResponseURL: string; RequestType: string };

const FUNCTION_ARN = 'arn:aws:lambda:us-east-1:000000000000:function:Registrar:live';

const accountWith = (properties: Record<string, unknown>, code = 'v1') =>
  fakeAccount([
    { logicalId: 'Registrar', type: 'AWS::Lambda::Function', properties: { Code: { S3Key: code } } },
    {
      logicalId: 'Agents',
      type: 'Custom::Agents',
      properties: { ServiceToken: FUNCTION_ARN, ServiceTimeout: 1, ...properties },
    },
  ]);

/** A function that answers each event at its ResponseURL with what `answer` gives. */
const functionThat = (answer: (event: Event) => unknown) => {
  const events: Event[] = [];
  return {
    events,
    invoke: async (_: string, payload: Buffer) => {
      const event = JSON.parse(payload.toString()) as Event;
      events.push(event);
      const body = answer(event);
      if (body !== undefined) await fetch(event.ResponseURL, { method: 'PUT', body: JSON.stringify(body) });
      return { payload: Buffer.from('null') };
    },
  };
};

const success = (id: string) => () => ({ Status: 'SUCCESS', PhysicalResourceId: id });

const deploy = (
  host: ReturnType<typeof functionThat>,
  remembered: CustomResourceRecords,
  properties: Record<string, unknown>,
  code?: string,
) => deployCustomResources({ account: accountWith(properties, code), host, remembered });

test('a new resource is created, with its properties as strings', async () => {
  const host = functionThat(success('agents'));
  const records = await deploy(host, {}, { Count: 3, On: true, List: [{ a: 1 }] });
  expect(host.events).toHaveLength(1);
  expect(host.events[0]).toMatchObject({
    RequestType: 'Create',
    LogicalResourceId: 'Agents',
    ResourceType: 'Custom::Agents',
    ServiceToken: FUNCTION_ARN,
    ResourceProperties: { ServiceToken: FUNCTION_ARN, Count: '3', On: 'true', List: [{ a: '1' }] },
  });
  expect(records.Agents?.physicalResourceId).toBe('agents');
});

test('nothing is asked of a resource that has not changed, also after its record was stored as JSON', async () => {
  const host = functionThat(success('agents'));
  const records = await deploy(host, {}, { Count: 3 });
  const again = await deploy(host, JSON.parse(JSON.stringify(records)), { Count: 3 });
  expect(host.events).toHaveLength(1);
  expect(again).toEqual(records);
});

test.each([
  ['its properties', { Count: 4 }, 'v1'],
  ["its function's code", { Count: 3 }, 'v2'],
])('a change of %s is an update with old properties and physical id', async (_, properties, code) => {
  const host = functionThat(success('agents'));
  const records = await deploy(host, {}, { Count: 3 });
  await deploy(host, records, properties, code);
  expect(host.events[1]).toMatchObject({
    RequestType: 'Update',
    PhysicalResourceId: 'agents',
    OldResourceProperties: { Count: '3' },
    ResourceProperties: { Count: String(properties.Count) },
  });
  expect(host.events).toHaveLength(2);
});

/** Deletes what left an account with these resources. @returns what is remembered then */
const deleteLeft = async (
  host: ReturnType<typeof functionThat>,
  remembered: CustomResourceRecords,
  account = accountWith({ Count: 4 }),
) => {
  const left: Record<string, unknown> = { ...remembered };
  const faults: string[] = [];
  const forget = (key: string) => void delete left[key];
  await deleteLeftResources({ account, host, remembered }, forget, ({ message }) => faults.push(message));
  return { left: Object.keys(left), faults };
};

test('a new physical id makes the old one be deleted, once everything else is done', async () => {
  const records = await deploy(functionThat(success('old')), {}, { Count: 3 });
  const host = functionThat((event) => ({
    Status: 'SUCCESS',
    PhysicalResourceId: event.RequestType === 'Delete' ? event.PhysicalResourceId : 'new',
  }));
  const next = await deploy(host, records, { Count: 4 });
  expect(next.Agents?.physicalResourceId).toBe('new');
  expect(await deleteLeft(host, JSON.parse(JSON.stringify(next)))).toEqual({ left: ['Agents'], faults: [] });
  const asked = host.events.map(({ RequestType, PhysicalResourceId }) => [RequestType, PhysicalResourceId]);
  expect(asked).toEqual([
    ['Update', 'old'],
    ['Delete', 'old'],
  ]);
});

describe('a resource that left the stacks', () => {
  const emptied = (...kept: string[]) =>
    fakeAccount(
      kept.map((logicalId) => ({ logicalId, type: 'AWS::Lambda::Function', properties: { Code: { S3Key: 'v1' } } })),
    );

  test('is deleted with its last properties, and forgotten', async () => {
    const host = functionThat(success('agents'));
    const records = await deploy(host, {}, { Count: 3 });
    const kept = await deployCustomResources({ account: emptied('Registrar'), host, remembered: records });
    expect(host.events).toHaveLength(1);
    expect(await deleteLeft(host, kept, emptied('Registrar'))).toEqual({ left: [], faults: [] });
    expect(host.events[1]).toMatchObject({
      RequestType: 'Delete',
      LogicalResourceId: 'Agents',
      ResourceType: 'Custom::Agents',
      PhysicalResourceId: 'agents',
      ResourceProperties: { Count: '3' },
      StackId: expect.stringContaining('stack/test/'),
    });
  });

  test('survives a failure: it is reported and deleted at the next start', async () => {
    const records = await deploy(functionThat(success('agents')), {}, {});
    const failing = functionThat(() => ({ Status: 'FAILED', PhysicalResourceId: 'agents', Reason: 'not yet' }));
    const { left, faults } = await deleteLeft(failing, records, emptied('Registrar'));
    expect(left).toEqual(['Agents']);
    expect(faults).toEqual([expect.stringMatching(/Agents: Delete failed: not yet/)]);
  });

  test('is forgotten when its function has left, too', async () => {
    const host = functionThat(success('agents'));
    const records = await deploy(host, {}, {});
    expect(await deleteLeft(host, records, emptied())).toEqual({ left: [], faults: [] });
    expect(host.events).toHaveLength(1);
  });
});

describe('rejects with the reason', () => {
  test.each([
    [
      'a failure',
      { Status: 'FAILED', PhysicalResourceId: 'x', Reason: 'the table is away' },
      /Agents: Create failed: the table/,
    ],
    ['no answer in time', undefined, /no answer came to its ResponseURL within 1 s/],
    ['an unknown status', { Status: 'FINE', PhysicalResourceId: 'x' }, /no Status/],
    ['no physical id', { Status: 'SUCCESS' }, /no PhysicalResourceId/],
    ['too long a response', { Status: 'SUCCESS', PhysicalResourceId: 'x'.repeat(4096) }, /longer than 4096/],
  ])('%s', async (_, answer, message) => {
    await expect(
      deploy(
        functionThat(() => answer),
        {},
        {},
      ),
    ).rejects.toThrow(message);
  });

  test('a function that crashed, without waiting for the time limit', async () => {
    const invoke = vi.fn(async () => ({
      payload: Buffer.from('{"errorMessage":"boom"}'),
      functionError: 'Unhandled' as const,
    }));
    await expect(
      deployCustomResources({ account: accountWith({ ServiceTimeout: 3600 }), host: { invoke }, remembered: {} }),
    ).rejects.toThrow(/Agents: Create failed: the function failed: .*boom/);
  });
});

test('a resource comes after the one it depends on', async () => {
  const host = functionThat(success('id'));
  const resource = (logicalId: string, dependsOn: string[]) => ({
    logicalId,
    type: 'Custom::Thing',
    dependsOn,
    properties: { ServiceToken: FUNCTION_ARN },
  });
  const fn = { logicalId: 'Registrar', type: 'AWS::Lambda::Function', properties: { Code: {} } };
  const account = fakeAccount([resource('Second', ['First', 'Registrar']), resource('First', []), fn]);
  await deployCustomResources({ account, host, remembered: {} });
  expect(host.events.map((event) => event.LogicalResourceId)).toEqual(['First', 'Second']);
});
