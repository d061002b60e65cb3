import { expect, onTestFinished, test, vi } from 'vitest';
import { createMetricStore } from '../../../../lib/local/alarms/metric-store.ts';
import { startSchedules } from '../../../../lib/local/events/schedules.ts';
import { fakeAccount, stillClock } from '../fake-account.ts';

const TARGET = 'arn:aws:lambda:us-east-1:000000000000:function:Sweeper:live';
const RULE = { ScheduleExpression: 'rate(1 minute)', State: 'ENABLED', Targets: [{ Id: 'Target0', Arn: TARGET }] };

const start = (rule: Record<string, unknown>, options: { may?: boolean; automatic?: boolean } = {}) => {
  const clock = stillClock(Date.parse('2026-11-24T10:00:00.250Z'));
  const metrics = createMetricStore(clock);
  const account = fakeAccount([{ logicalId: 'Sweep', type: 'AWS::Events::Rule', properties: rule }]);
  const invokeAsync = vi.fn(async (_ref: string, _payload: Buffer) => undefined);
  const idle = vi.fn(async () => undefined);
  const mayInvoke = vi.fn(() => options.may ?? true);
  const report = vi.fn();
  const automatic = options.automatic ?? true;
  const host = { invokeAsync, idle };
  const schedules = startSchedules({ account, host, clock, metrics, mayInvoke, automatic, report });
  onTestFinished(() => schedules.close());
  const counted = () => metrics.all().map(({ name }) => name);
  return { clock, schedules, invokeAsync, idle, mayInvoke, report, counted };
};

test('running all invokes every target with a scheduled event and waits until nothing is left', async () => {
  const { schedules, invokeAsync, idle, mayInvoke } = start(RULE);
  expect(await schedules.runAll()).toEqual([{ id: 'Sweep', invoked: true }]);
  const [ref, payload] = invokeAsync.mock.calls[0] ?? [];
  expect(ref).toBe(TARGET);
  expect(JSON.parse(String(payload))).toMatchObject({
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    time: '2026-11-24T10:00:00Z',
    resources: ['arn:aws:test:us-east-1:000000000000:Sweep'],
    detail: {},
  });
  expect(mayInvoke).toHaveBeenCalledWith('events.amazonaws.com', 'arn:aws:test:us-east-1:000000000000:Sweep', TARGET);
  expect(idle.mock.invocationCallOrder[0]).toBeGreaterThan(invokeAsync.mock.invocationCallOrder[0] ?? 0);
});

test('a schedule fires soon after the start, then when its interval is over, once however far the clock was moved', () => {
  const { clock, schedules, invokeAsync } = start(RULE);
  const firingsAfter = (ms: number) => {
    clock.advance(ms);
    schedules.wake();
    schedules.wake();
    return invokeAsync.mock.calls.length;
  };
  expect(firingsAfter(0)).toBe(0);
  expect(firingsAfter(2000)).toBe(1);
  expect(firingsAfter(59_999)).toBe(1);
  expect(firingsAfter(1)).toBe(2);
  expect(firingsAfter(60 * 60_000)).toBe(3);
});

test('a constant input replaces the event', async () => {
  const { schedules, invokeAsync } = start({ ...RULE, Targets: [{ Id: 'T', Arn: TARGET, Input: '{"probe":true}' }] });
  await schedules.runAll();
  expect(String(invokeAsync.mock.calls[0]?.[1])).toBe('{"probe":true}');
});

test('neither a disabled schedule nor one that is only run by hand fires by itself', async () => {
  const disabled = start({ ...RULE, State: 'DISABLED' });
  const byHand = start(RULE, { automatic: false });
  for (const { clock, schedules, invokeAsync } of [disabled, byHand]) {
    clock.advance(60_000);
    schedules.wake();
    expect(invokeAsync).not.toHaveBeenCalled();
  }
  expect(await disabled.schedules.runAll()).toEqual([]);
  expect(await byHand.schedules.runAll()).toHaveLength(1);
});

test('rejects an invocation that no permission allows, and counts it', async () => {
  const { schedules, invokeAsync, report, counted } = start(RULE, { may: false });
  expect(await schedules.runAll()).toEqual([{ id: 'Sweep', invoked: false }]);
  expect(invokeAsync).not.toHaveBeenCalled();
  expect(report).toHaveBeenCalledOnce();
  expect(counted()).toEqual(['TriggeredRules', 'FailedInvocations']);
});

test.each([
  [{ ScheduleExpression: 'cron(0 10 * * ? *)' }, /Sweep.*cron/],
  [{ ScheduleExpression: 'rate(0 minutes)' }, /rate\(0/],
  [{ Targets: [{ Id: 'T', Arn: 'arn:aws:sqs:us-east-1:000000000000:Queue' }] }, /target arn:aws:sqs/],
  [{ Targets: [{ Id: 'T', Arn: TARGET, InputPath: '$.detail' }] }, /InputPath/],
])('rejects %j at the start', (change, message) => {
  expect(() => start({ ...RULE, ...change })).toThrow(message);
});
