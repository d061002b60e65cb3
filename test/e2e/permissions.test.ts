import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LedgerEntry } from '../../lib/local/types.ts';
import { type OwnCloud, openCloud } from './own-cloud.ts';
import { takePermission } from './take-permission.ts';
import { isLocal } from './target.ts';

describe.runIf(isLocal)('a permission that the stacks do not grant is denied where it is used', () => {
  let own: OwnCloud;

  beforeAll(async () => {
    own = await openCloud({
      mutateTemplates: (templates) => {
        takePermission(templates, 'Router', 'dynamodb:PutItem');
        takePermission(templates, 'Api', 'dynamodb:Query');
        takePermission(templates, 'Monitor', 'lambda:InvokeFunction');
      },
    });
  });
  afterAll(() => own?.cloud.close());

  const expectDenied = async (role: string, action: string): Promise<void> => {
    const isMeant = (entry: LedgerEntry) => entry.caller.startsWith(role) && entry.action === action;
    const calls = (await own.control.calls()).filter(isMeant);
    expect(calls.length).toBeGreaterThan(0);
    for (const { status, capacity_units } of calls) {
      expect([400, 403]).toContain(status);
      expect(capacity_units).toBe(0);
    }
    const said = own.lines.filter((line) => line.startsWith(role) && line.includes('AccessDenied')).join('\n');
    expect(said).toContain(`is not authorized to perform`);
  };

  test('a turn that may not be stored is not accepted, and the caller learns nothing of why', async () => {
    const { status, body } = await own.client.say('Explain closures');
    expect([status, body.code, body.turn_id]).toEqual([503, 'STORE_UNAVAILABLE', undefined]);
    expect(JSON.stringify(body)).not.toMatch(/denied|authorized|arn:/i);
    await expectDenied('Router', 'PutItem');
  });

  test('conversations that may not be read', async () => {
    const { status, body } = await own.client.get('/v1/conversations');
    expect([status, body.code]).toEqual([503, 'STORE_UNAVAILABLE']);
    await expectDenied('Api', 'Query');
  });

  test('agents that may not be called: the monitor sees them as unhealthy', async () => {
    await own.control.runSchedules();
    await expectDenied('Monitor', 'InvokeFunction');
    expect(await own.control.metricSum('AgentsProbed')).toBe(5);
  });
});

test('takePermission rejects a permission that nobody has', () => {
  expect(() => takePermission([{ stack: 's', template: { Resources: {} } }], 'Router', 'dynamodb:Scan')).toThrow(
    /Scan/,
  );
});
