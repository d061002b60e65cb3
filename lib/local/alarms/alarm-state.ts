export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
export type MissingData = 'missing' | 'ignore' | 'breaching' | 'notBreaching';

export interface AlarmRule {
  /** How many of the newest periods count (N). */
  readonly evaluationPeriods: number;
  /** How many of them must breach (M). */
  readonly datapointsToAlarm: number;
  readonly missing: MissingData;
  breaches(value: number): boolean;
}

/** Periods that are looked at beyond N, in case some of the newest have no data. */
export const EXTRA_PERIODS = 2;

/**
 * The state that follows from the newest periods.
 *
 * @param values one for each of the newest N + EXTRA_PERIODS periods, oldest first; undefined where there are no data
 * @see "Configuring how CloudWatch alarms treat missing data", Amazon CloudWatch User Guide, both tables
 */
export const nextAlarmState = (
  rule: AlarmRule,
  values: readonly (number | undefined)[],
  previous: AlarmState,
): AlarmState => {
  const real = values.filter((value) => value !== undefined);
  const missing = Math.max(0, rule.evaluationPeriods - real.length);
  const breaching = real.slice(-rule.evaluationPeriods).filter((value) => rule.breaches(value)).length;
  if (breaching >= rule.datapointsToAlarm) return 'ALARM';
  if (missing === 0 || rule.missing === 'notBreaching') return 'OK';
  if (rule.missing === 'breaching') return breaching + missing >= rule.datapointsToAlarm ? 'ALARM' : 'OK';
  return withoutFilling(rule, values, { real: real.length, breaching }, previous);
};

/** Too few data, and missing ones count for nothing: a verdict only if the data there are allow one. */
const withoutFilling = (
  rule: AlarmRule,
  values: readonly (number | undefined)[],
  count: { real: number; breaching: number },
  previous: AlarmState,
): AlarmState => {
  if (count.real === 0) return rule.missing === 'ignore' ? previous : 'INSUFFICIENT_DATA';
  if (count.real >= rule.datapointsToAlarm || count.breaching < count.real) return 'OK';
  // Only breaching data, too few of them: an alarm once the oldest is as many periods old as data are required.
  const age = values.length - values.findIndex((value) => value !== undefined);
  return rule.missing === 'missing' && age >= rule.datapointsToAlarm ? 'ALARM' : previous;
};
