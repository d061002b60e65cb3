import { randomUUID } from 'node:crypto';
import { displayName } from '../template/display-name.ts';
import type { Account, CloudClock, MetricStore, Resource } from '../types.ts';

interface Schedules {
  /** Fires every enabled schedule now. Resolves when everything that they started has ended, retries included. */
  runAll(): Promise<readonly ScheduleRun[]>;
  /** Looks at once whether a schedule is due: to be called when the clock has been moved. */
  wake(): void;
  close(): void;
}

/** What one firing did. */
export interface ScheduleRun {
  readonly id: string;
  /** False for a target that the schedule has no permission to invoke. */
  readonly invoked: boolean;
}

/** What schedules need of a function host. */
interface AsyncInvoker {
  /** Accepts an event for a function; its failures are retried as the function's configuration says. */
  invokeAsync(functionRef: string, payload: Buffer): Promise<void>;
  /** Resolves when no accepted event is left. */
  idle(): Promise<void>;
}

interface Schedule {
  readonly rule: Resource;
  readonly arn: string;
  readonly everyMs: number;
  readonly targets: readonly Target[];
  dueMs: number;
}

interface Target {
  readonly arn: string;
  readonly input: string | undefined;
}

/** How often the clock is looked at. */
const TICK_MS = 500;
/** A schedule is overdue when the cloud comes up again; this lets the first callers go first. */
const FIRST_FIRING_MS = 2000;

/**
 * Invokes the targets of the account's `AWS::Events::Rule` resources as EventBridge does. A schedule first fires soon
 * after the start, then at its interval; a clock that was moved over several firings makes up for one only.
 *
 * @param automatic false leaves firing to `runAll`
 * @param mayInvoke whether the principal may invoke the function on behalf of the source
 * @throws Error that names a rule that is not emulated: anything but `rate(…)` and Lambda targets
 */
export const startSchedules = (dependencies: {
  account: Account;
  host: AsyncInvoker;
  clock: Pick<CloudClock, 'now'>;
  metrics: MetricStore;
  mayInvoke: (principal: string, sourceArn: string, functionRef: string) => boolean;
  automatic: boolean;
  report: (error: Error) => void;
}): Schedules => {
  const { account, host, clock, metrics, mayInvoke, report } = dependencies;
  const schedules = account
    .ofType('AWS::Events::Rule')
    .filter((rule) => rule.properties.State !== 'DISABLED')
    .map((rule) => readSchedule(account, rule, clock.now()));

  const count = (rule: Resource, name: string): void =>
    metrics.put({
      namespace: 'AWS/Events',
      name,
      dimensions: { RuleName: account.ref(rule.logicalId) },
      unit: 'Count',
      value: 1,
      atMs: clock.now(),
    });
  const fire = async ({ rule, arn, targets }: Schedule): Promise<readonly ScheduleRun[]> => {
    count(rule, 'TriggeredRules');
    return Promise.all(
      targets.map(async (target) => {
        const invoked = mayInvoke('events.amazonaws.com', arn, target.arn);
        count(rule, invoked ? 'Invocations' : 'FailedInvocations');
        if (invoked)
          await host.invokeAsync(target.arn, Buffer.from(target.input ?? scheduledEvent(account, arn, clock)));
        else report(new Error(`schedule ${rule.logicalId} has no permission to invoke ${target.arn}`));
        return { id: displayName(rule), invoked };
      }),
    );
  };
  const wake = (): void => {
    for (const schedule of schedules) {
      if (clock.now() < schedule.dueMs) continue;
      schedule.dueMs = clock.now() + schedule.everyMs;
      fire(schedule).catch(report);
    }
  };
  const timer = dependencies.automatic ? setInterval(wake, TICK_MS) : undefined;
  return {
    runAll: async () => {
      const runs = await Promise.all(schedules.map(fire));
      await host.idle();
      return runs.flat();
    },
    wake: () => {
      if (timer !== undefined) wake();
    },
    close: () => clearInterval(timer),
  };
};

const scheduledEvent = (account: Account, ruleArn: string, clock: Pick<CloudClock, 'now'>): string =>
  JSON.stringify({
    version: '0',
    id: randomUUID(),
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account: account.accountId,
    time: `${new Date(clock.now()).toISOString().slice(0, 19)}Z`,
    region: account.region,
    resources: [ruleArn],
    detail: {},
  });

const readSchedule = (account: Account, rule: Resource, nowMs: number): Schedule => {
  const everyMs = intervalOf(rule);
  const targets = (rule.properties.Targets ?? []) as readonly Readonly<Record<string, unknown>>[];
  return {
    rule,
    arn: account.attribute(rule.logicalId, 'Arn'),
    everyMs,
    dueMs: nowMs + FIRST_FIRING_MS,
    targets: targets.map((target) => readTarget(rule, target)),
  };
};

const readTarget = (rule: Resource, target: Readonly<Record<string, unknown>>): Target => {
  const arn = String(target.Arn);
  if (!/^arn:[^:]+:lambda:/.test(arn)) throw notEmulated(rule, `the target ${arn}`);
  for (const name of ['InputPath', 'InputTransformer', 'DeadLetterConfig'])
    if (target[name] !== undefined) throw notEmulated(rule, `${name} of a target`);
  return { arn, input: typeof target.Input === 'string' ? target.Input : undefined };
};

const UNIT_MS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

const intervalOf = (rule: Resource): number => {
  const expression = String(rule.properties.ScheduleExpression);
  const [, count, unit] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? [];
  const unitMs = UNIT_MS[unit ?? ''];
  if (unitMs === undefined || Number(count) < 1) throw notEmulated(rule, `the schedule ${expression}`);
  return Number(count) * unitMs;
};

const notEmulated = (rule: Resource, what: string): Error =>
  new Error(`rule ${rule.logicalId}: the local cloud does not emulate ${what}`);
