import { expect, test } from 'vitest';
import { type AlarmState, type MissingData, nextAlarmState } from '../../../../lib/local/alarms/alarm-state.ts';

type Verdict = AlarmState | 'RETAIN';

const MISSING: readonly MissingData[] = ['missing', 'ignore', 'breaching', 'notBreaching'];
/** As CloudWatch's documentation draws it: X breaches, 0 does not, - is missing; oldest first. */
const VALUES: Readonly<Record<string, number | undefined>> = { X: 1, '0': 0, '-': undefined };

const cases: readonly [datapointsToAlarm: number, data: string, verdicts: readonly Verdict[]][] = [
  [3, '0-X-X', ['OK', 'OK', 'OK', 'OK']],
  [3, '----0', ['OK', 'OK', 'OK', 'OK']],
  [3, '-----', ['INSUFFICIENT_DATA', 'RETAIN', 'ALARM', 'OK']],
  [3, '0XX-X', ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
  [3, '--X--', ['ALARM', 'RETAIN', 'ALARM', 'OK']],
  [3, '----X', ['RETAIN', 'RETAIN', 'ALARM', 'OK']],
  [2, '0-X-X', ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
  [2, '00X0X', ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
  [2, '0-X--', ['OK', 'OK', 'ALARM', 'OK']],
  [2, '----0', ['OK', 'OK', 'ALARM', 'OK']],
  [2, '---X-', ['ALARM', 'RETAIN', 'ALARM', 'OK']],
];

test.each(cases)('%i of 3 with data %s', (datapointsToAlarm, data, verdicts) => {
  const values = [...data].map((letter) => VALUES[letter]);
  for (const previous of ['OK', 'ALARM', 'INSUFFICIENT_DATA'] as const) {
    const states = MISSING.map((missing) =>
      nextAlarmState(
        { evaluationPeriods: 3, datapointsToAlarm, missing, breaches: (value) => value > 0 },
        values,
        previous,
      ),
    );
    expect(states).toEqual(verdicts.map((verdict) => (verdict === 'RETAIN' ? previous : verdict)));
  }
});
