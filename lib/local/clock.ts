import type { CloudClock } from './types.ts';

/**
 * A clock that runs with the machine's, `offsetMs` ahead of it. It reads the real time also while it is installed.
 * @param advanced hears of each new offset
 */
export const makeClock = (initialOffsetMs = 0, advanced: (offsetMs: number) => void = () => undefined): CloudClock => {
  const realNow = Date.now;
  let offsetMs = initialOffsetMs;
  return {
    now: () => realNow() + offsetMs,
    offsetMs: () => offsetMs,
    advance: (ms) => {
      if (!Number.isFinite(ms) || ms < 0) throw new RangeError(`A clock advances by 0 ms or more, not by ${ms}`);
      offsetMs += ms;
      advanced(offsetMs);
    },
  };
};

/**
 * Makes this process's `Date.now()`, `new Date()` and `Date()` follow the clock, so that engines which run in it
 * (queues) do too. Timers and `performance.now()` keep real time. Returns what puts the real `Date` back.
 */
export const installClock = (clock: CloudClock): (() => void) => {
  const RealDate = globalThis.Date;
  const realNow = RealDate.now;
  RealDate.now = () => clock.now();
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length > 0 ? args : [clock.now()], newTarget),
    apply: () => new RealDate(clock.now()).toString(),
  });
  return () => {
    RealDate.now = realNow;
    globalThis.Date = RealDate;
  };
};
