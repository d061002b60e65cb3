import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bucketAt,
  type CallVerdict,
  CIRCUIT_POLICY,
  type Circuit,
  CLOSED,
  type FailureSample,
  observe,
  passage,
  shownState,
} from '../../../functions/domain/delivery/circuit.ts';

const POLICY = CIRCUIT_POLICY;
const T0 = 1_000_000_000;
const FAILED = { kind: 'call_failed' } as const;

const closed = (samples: readonly FailureSample[], sinceMs = 0): Circuit => ({ kind: 'closed', sinceMs, samples });
const sample = (failures: number, successes = 0, atMs = T0): FailureSample => ({ atMs, failures, successes });
const open = (untilMs: number, openings = 1): Circuit => ({ kind: 'open', untilMs, openings });
const halfOpen = (untilMs: number, openings = 1): Circuit => ({ kind: 'half_open', untilMs, openings, probe: 'mine' });
const kindAfter = (samples: readonly FailureSample[], nowMs = T0, sinceMs = 0) =>
  observe(closed(samples, sinceMs), FAILED, nowMs, POLICY).kind;

describe('a closed circuit', () => {
  it.each([
    ['too few failures', [sample(4)], 'closed'],
    ['enough failures', [sample(5)], 'open'],
    ['enough failures in several buckets', [sample(2, 0, T0 - 10_000), sample(3)], 'open'],
    ['as many failures as successes', [sample(5, 5)], 'open'],
    ['more successes than failures', [sample(5, 6)], 'closed'],
    ['many failures among more successes', [sample(20, 60)], 'closed'],
  ])('with %s is %s afterwards', (_, samples, kind) => {
    expect(kindAfter(samples)).toBe(kind);
  });

  it('forgets failures by time, on read', () => {
    expect(kindAfter([sample(5, 0, T0 - POLICY.windowMs + 1)])).toBe('open');
    expect(kindAfter([sample(5, 0, T0 - POLICY.windowMs)])).toBe('closed');
    expect(kindAfter([sample(4, 0, T0 - 3_600_000), sample(4)])).toBe('closed');
  });

  it('does not count failures of before it was closed, nor of a clock that is far ahead', () => {
    expect(kindAfter([sample(5, 0, T0 - 5_000)], T0, T0 - 4_000)).toBe('closed');
    expect(kindAfter([sample(5, 0, T0 + POLICY.clockSkewMs)])).toBe('open');
    expect(kindAfter([sample(5, 0, T0 + POLICY.clockSkewMs + 1)])).toBe('closed');
  });

  it('lets every call through, and shows as closed', () => {
    expect(passage(CLOSED, T0)).toBe('call');
    expect(shownState(CLOSED, T0)).toBe('closed');
  });
});

describe('an open circuit', () => {
  it('lets nobody through until its time is over, then one who probes', () => {
    const circuit = observe(closed([sample(5)]), FAILED, T0, POLICY);
    expect(circuit).toEqual(open(T0 + POLICY.openMs));
    expect(passage(circuit, T0 + POLICY.openMs - 1)).toBe('none');
    expect(shownState(circuit, T0 + POLICY.openMs - 1)).toBe('open');
    expect(passage(circuit, T0 + POLICY.openMs)).toBe('probe');
    expect(shownState(circuit, T0 + POLICY.openMs)).toBe('half_open');
  });

  it('rejects a probe before its time', () => {
    const circuit = open(T0 + 1);
    expect(observe(circuit, { kind: 'probe_begun', probe: 'x', untilMs: T0 + 9 }, T0, POLICY)).toBe(circuit);
  });

  it('is not opened anew by calls that began before it opened', () => {
    const circuit = open(T0 + 1);
    expect(observe(circuit, FAILED, T0, POLICY)).toBe(circuit);
  });
});

describe('a half-open circuit', () => {
  const end = (verdict: CallVerdict, probe = 'mine', openings = 1) =>
    observe(halfOpen(T0 + 9_000, openings), { kind: 'probe_ended', probe, verdict }, T0, POLICY);

  it('closes when its probe works, and forgets what was before', () => {
    expect(end('worked')).toEqual(closed([], T0));
  });

  it.each([
    [1, 30_000],
    [2, 60_000],
    [3, 120_000],
    [4, 240_000],
    [40, 240_000],
  ])('opens for longer each time that its probe fails: after %i openings for %i ms', (openings, forMs) => {
    expect(end('failed', 'mine', openings)).toEqual(open(T0 + forMs, openings + 1));
  });

  it('may be probed again at once when its probe says neither', () => {
    expect(end('neutral')).toEqual(open(T0));
  });

  it("rejects what another's probe says", () => {
    expect(end('worked', 'other')).toEqual(halfOpen(T0 + 9_000));
  });

  it('survives a prober that vanished: the next may probe when the lease is over, and its word no longer counts', () => {
    const circuit = halfOpen(T0 + 9_000);
    const begin = { kind: 'probe_begun', probe: 'next', untilMs: T0 + 20_000 } as const;
    expect(observe(circuit, begin, T0 + 8_999, POLICY)).toBe(circuit);
    const taken = observe(circuit, begin, T0 + 9_000, POLICY);
    expect(taken).toEqual({ kind: 'half_open', untilMs: T0 + 20_000, openings: 1, probe: 'next' });
    const late = { kind: 'probe_ended', probe: 'mine', verdict: 'worked' } as const;
    expect(observe(taken, late, T0 + 9_500, POLICY)).toBe(taken);
  });
});

/** Any failures, waits and probes of three callers, against a model that keeps every failure by itself. */
describe('every history', () => {
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.record({ do: fc.constant('fail' as const), successes: fc.nat(3) }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.nat(20_000) }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('begin' as const), who: fc.constantFrom('a', 'b', 'c') }) },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant('end' as const),
        who: fc.constantFrom('a', 'b', 'c'),
        verdict: fc.constantFrom<CallVerdict>('worked', 'failed', 'neutral'),
      }),
    },
  );
  const LEASE_MS = 10_000;

  it('keeps the promises of a breaker', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        let nowMs = T0;
        let circuit: Circuit = CLOSED;
        const failures: { atMs: number; successes: number }[] = [];
        let model = { state: 'closed' as 'closed' | 'open' | 'half', untilMs: 0, sinceMs: 0, who: '', openings: 0 };
        const stored = (): FailureSample[] => {
          const buckets = Map.groupBy(failures, ({ atMs }) => bucketAt(atMs, POLICY));
          return [...buckets].map(([atMs, calls]) => ({
            atMs,
            failures: calls.length,
            successes: calls.reduce((sum, call) => sum + call.successes, 0),
          }));
        };
        const openFor = (openings: number) => ({
          ...model,
          state: 'open' as const,
          openings,
          untilMs: nowMs + Math.min(240_000, 15_000 * 2 ** (openings - 1)),
        });

        for (const event of steps) {
          if (event.do === 'wait') nowMs += event.ms;
          if (event.do === 'fail' && model.state === 'closed') {
            failures.push({ atMs: nowMs, successes: event.successes });
            const before = circuit.kind === 'closed' ? circuit.sinceMs : 0;
            circuit = observe(closed(stored(), before), FAILED, nowMs, POLICY);
            const recent = failures
              .map((call) => ({ ...call, bucketMs: bucketAt(call.atMs, POLICY) }))
              .filter(({ bucketMs }) => bucketMs >= model.sinceMs && nowMs - bucketMs < 30_000);
            const worked = recent.reduce((sum, { successes }) => sum + successes, 0);
            if (recent.length >= 5 && recent.length >= worked) model = openFor(1);
          }
          if (event.do === 'begin') {
            circuit = observe(
              circuit,
              { kind: 'probe_begun', probe: event.who, untilMs: nowMs + LEASE_MS },
              nowMs,
              POLICY,
            );
            if (model.state !== 'closed' && nowMs >= model.untilMs)
              model = { ...model, state: 'half', who: event.who, untilMs: nowMs + LEASE_MS };
          }
          if (event.do === 'end') {
            const ended = { kind: 'probe_ended', probe: event.who, verdict: event.verdict } as const;
            circuit = observe(circuit, ended, nowMs, POLICY);
            if (model.state === 'half' && model.who === event.who) {
              if (event.verdict === 'worked') model = { ...model, state: 'closed', sinceMs: nowMs };
              else if (event.verdict === 'failed') model = openFor(model.openings + 1);
              else model = { ...model, state: 'open', untilMs: nowMs };
            }
          }
          const lets = model.state === 'closed' ? 'call' : nowMs < model.untilMs ? 'none' : 'probe';
          expect(passage(circuit, nowMs)).toBe(lets);
        }
      }),
      { numRuns: 300 },
    );
  });
});
