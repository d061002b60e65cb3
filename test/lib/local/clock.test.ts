import { afterEach, expect, it } from 'vitest';
import { installClock, makeClock } from '../../../lib/local/clock.ts';

const HOUR_MS = 3_600_000;
const realDate = Date;
let uninstall = (): void => undefined;
afterEach(() => uninstall());

it('moves Date.now, new Date and Date() of the process, and puts them back', () => {
  const before = Date.now();
  const clock = makeClock();
  uninstall = installClock(clock);
  clock.advance(HOUR_MS);
  expect(Date.now() - before).toBeGreaterThanOrEqual(HOUR_MS);
  expect(Date.now() - before).toBeLessThan(HOUR_MS + 5000);
  const made = new Date();
  expect(Math.abs(made.getTime() - clock.now())).toBeLessThan(1000);
  expect(Math.abs(new Date(Date()).getTime() - clock.now())).toBeLessThan(2000);
  uninstall();
  expect(Date).toBe(realDate);
  expect(Date.now() - before).toBeLessThan(5000);
});

it('leaves dates that are given alone', () => {
  uninstall = installClock(makeClock(HOUR_MS));
  expect(new Date(0).toISOString()).toBe('1970-01-01T00:00:00.000Z');
  expect(new Date(2020, 0, 2).getDate()).toBe(2);
  expect(new Date() instanceof Date).toBe(true);
  expect(Date.parse('1970-01-01T00:00:01Z')).toBe(1000);
});

it('rejects a step back', () => {
  expect(() => makeClock().advance(-1)).toThrow(RangeError);
  expect(() => makeClock().advance(Number.NaN)).toThrow(RangeError);
});
