import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Cloud, type CloudOptions, startCloud } from '../../../lib/local/cloud.ts';
import type { StackTemplate } from '../../../lib/local/template/template.ts';

const start = (options: CloudOptions = {}) => startCloud({ automaticSchedules: false, ...options });

const ask = async (cloud: Cloud, message: string) => {
  const response = await fetch(`${cloud.url}/v1/agents/message`, {
    method: 'POST',
    headers: { authorization: `Bearer ${await cloud.token({ user: 'alice' })}`, 'content-type': 'application/json' },
    body: JSON.stringify({ message }),
  });
  return { status: response.status, body: (await response.json()) as Readonly<Record<string, unknown>> };
};

describe('the stacks on this machine', () => {
  const realDate = Date;
  let cloud: Cloud;
  beforeAll(async () => {
    cloud = await start();
  });
  afterAll(() => cloud.close());

  test('a message is answered and its calls are in the ledger', async () => {
    const { status, body } = await ask(cloud, 'Explain this code:\n```python\nimport os\n```');
    expect({ status, answer: body.status }).toEqual({ status: 200, answer: 'answered' });
    const calls = cloud.ledger.entries({ turnId: String(body.turn_id) });
    expect(calls.map(({ action }) => action)).toContain('PutItem');
    expect(calls.every((call) => call.status === 200 && call.caller.startsWith('Router'))).toBe(true);
  });

  test('schedules run to their end and their metrics clear the alarm', async () => {
    await cloud.runSchedules();
    const alarm = cloud.alarms().find(({ id }) => id === 'SweeperMissing');
    expect(alarm?.state).toBe('OK');
  });

  test('the clock moves for the whole process', async () => {
    const before = Date.now();
    await cloud.advanceClock(3_600_000);
    expect(Date.now() - before).toBeGreaterThanOrEqual(3_600_000);
  });

  test('closing ends every instance and gives the clock back', async () => {
    const pids = cloud.host.list().flatMap(({ instances }) => instances.map(({ pid }) => pid));
    expect(pids.length).toBeGreaterThan(0);
    await cloud.close();
    expect(pids.filter((pid) => existsSync(`/proc/${pid}`))).toEqual([]);
    expect(Date).toBe(realDate);
    await expect(fetch(`${cloud.url}/healthz`)).rejects.toThrow();
  });
});

describe('with a permission taken away', () => {
  let cloud: Cloud;
  beforeAll(async () => {
    cloud = await start({ mutateTemplates: withoutAction('dynamodb:PutItem', 'Router') });
  });
  afterAll(() => cloud.close());

  test('rejects the call that needs it, and the message fails', async () => {
    expect((await ask(cloud, 'Explain recursion')).status).toBeGreaterThanOrEqual(500);
    const denied = cloud.ledger.entries().filter(({ status }) => status === 400);
    expect(denied.map(({ action }) => action)).toContain('PutItem');
  });
});

/** Takes an action out of every policy of the roles whose logical id starts so. */
const withoutAction = (action: string, role: string) => (templates: readonly StackTemplate[]) => {
  const policies = templates
    .flatMap(({ template }) => Object.entries((template as { Resources: Record<string, Policy> }).Resources))
    .filter(([id, { Type }]) => Type === 'AWS::IAM::Policy' && id.startsWith(role));
  for (const [, { Properties }] of policies)
    for (const statement of Properties.PolicyDocument.Statement)
      if (Array.isArray(statement.Action)) statement.Action = statement.Action.filter((name) => name !== action);
};

interface Policy {
  readonly Type: string;
  readonly Properties: { readonly PolicyDocument: { readonly Statement: { Action: string | string[] }[] } };
}
