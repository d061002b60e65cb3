import type { Account, CloudClock, MetricStore } from '../types.ts';
import { type AlarmDefinition, readAlarm } from './alarm-definition.ts';
import { type AlarmState, EXTRA_PERIODS, nextAlarmState } from './alarm-state.ts';

/** An alarm as `GET /_local/alarms` shows it. */
export interface AlarmView {
  readonly id: string;
  readonly state: AlarmState;
  readonly description: string;
  /** The newest period's value; null without data. */
  readonly value: number | null;
  /** When the state last changed, milliseconds since the epoch (cloud clock). */
  readonly since_ms: number;
}

export interface Alarms {
  /** Evaluates every alarm now. */
  evaluate(): readonly AlarmView[];
  close(): void;
}

const EVALUATE_EVERY_MS = 5000;

/**
 * Evaluates the account's alarms every few seconds and on request, on periods that end now. CloudWatch's end at full
 * minutes, which would only make a person wait.
 *
 * @param sample puts what is measured by looking at a service, such as the length of a queue; called before each evaluation
 * @throws Error that names the property of an alarm that is not emulated
 */
export const startAlarms = (dependencies: {
  account: Account;
  metrics: MetricStore;
  clock: Pick<CloudClock, 'now'>;
  sample: () => void;
}): Alarms => {
  const { account, metrics, clock, sample } = dependencies;
  const alarms = account.ofType('AWS::CloudWatch::Alarm').map((resource) => {
    const definition = readAlarm(resource);
    return { definition, state: 'INSUFFICIENT_DATA' as AlarmState, sinceMs: clock.now() };
  });
  const evaluate = (): readonly AlarmView[] => {
    sample();
    const nowMs = clock.now();
    return alarms.map((alarm) => {
      const values = newestPeriods(alarm.definition, metrics, nowMs);
      const state = values.includes('sparse')
        ? alarm.state
        : nextAlarmState(
            alarm.definition,
            values.filter((value) => value !== 'sparse'),
            alarm.state,
          );
      if (state !== alarm.state) alarm.sinceMs = nowMs;
      alarm.state = state;
      const { id, description } = alarm.definition;
      const value = values.at(-1);
      return { id, state, description, value: typeof value === 'number' ? value : null, since_ms: alarm.sinceMs };
    });
  };
  evaluate();
  const timer = setInterval(evaluate, EVALUATE_EVERY_MS);
  return { evaluate, close: () => clearInterval(timer) };
};

const newestPeriods = (alarm: AlarmDefinition, metrics: MetricStore, nowMs: number) => {
  // A datum put in this very millisecond counts.
  const endMs = nowMs + 1;
  const count = alarm.evaluationPeriods + EXTRA_PERIODS;
  return Array.from({ length: count }, (_, index) => {
    const toMs = endMs - (count - 1 - index) * alarm.periodMs;
    return alarm.valueOver(metrics, toMs - alarm.periodMs, toMs);
  });
};
