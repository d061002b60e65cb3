/**
 * Failed calls of one agent within one bucket of time. `successes` are those that the instances which saw the failures
 * had directly before them: nothing is written on success, so a failure brings along what speaks against it.
 */
export interface FailureSample {
  /** When the bucket begins, ms since the epoch. */
  readonly atMs: number;
  readonly failures: number;
  readonly successes: number;
}

/**
 * The circuit breaker of one agent, as all instances share it. An open one lets no call through; when its time is over,
 * one call probes the agent (half-open) under a lease, and how it ends closes the circuit or opens it for longer.
 */
export type Circuit =
  /** `sinceMs`: failures before it do not count. */
  | { readonly kind: 'closed'; readonly sinceMs: number; readonly samples: readonly FailureSample[] }
  /** `openings`: how often it opened in a row, this time included. */
  | { readonly kind: 'open'; readonly untilMs: number; readonly openings: number }
  /** `untilMs`: when the lease of the call `probe` ends. */
  | { readonly kind: 'half_open'; readonly untilMs: number; readonly openings: number; readonly probe: string };

export interface CircuitPolicy {
  /** Failures older than this do not count. */
  readonly windowMs: number;
  /** Failures are counted together by this much time. */
  readonly bucketMs: number;
  /** How far clocks of instances may differ. */
  readonly clockSkewMs: number;
  /** Failures of one bucket that are counted: enough to judge by, and no more to store. */
  readonly maxFailuresOfBucket: number;
  /** Failures within the window that open a circuit, if they are also `minFailureRatio` in [0, 1] of all calls counted. */
  readonly minFailures: number;
  readonly minFailureRatio: number;
  /** Successes directly before a failure that count at most: what an agent did long ago says little of now. */
  readonly maxSuccessesBefore: number;
  /** An instance forgets its own successes after this time. */
  readonly successMemoryMs: number;
  /** How long a circuit is open the first time; doubled each time that its probe fails, up to `maxOpenMs`. */
  readonly openMs: number;
  readonly maxOpenMs: number;
  /** A call that timed out counts only if the agent had this long, or the timeout that it asked for. */
  readonly patienceMs: number;
  /** How much longer than its call a probe's lease lasts: more than two clocks of ± 2 s can differ. */
  readonly probeMarginMs: number;
}

export const CIRCUIT_POLICY: CircuitPolicy = {
  windowMs: 30_000,
  // A bucket that is full begins with what instances saw last while all was well: the next ones must come soon.
  bucketMs: 2_000,
  clockSkewMs: 4_000,
  maxFailuresOfBucket: 20,
  minFailures: 5,
  minFailureRatio: 0.5,
  maxSuccessesBefore: 3,
  successMemoryMs: 5 * 60_000,
  openMs: 15_000,
  maxOpenMs: 4 * 60_000,
  patienceMs: 20_000,
  probeMarginMs: 6_000,
};

/** How a call ended, as far as it says whether the agent is broken; `neutral`: it says neither (busy, cut short). */
export type CallVerdict = 'worked' | 'failed' | 'neutral';

export type CircuitEvent =
  /** A call failed; it is among the circuit's samples. */
  | { readonly kind: 'call_failed' }
  | { readonly kind: 'probe_begun'; readonly probe: string; readonly untilMs: number }
  | { readonly kind: 'probe_ended'; readonly probe: string; readonly verdict: CallVerdict };

export const CLOSED: Circuit = { kind: 'closed', sinceMs: 0, samples: [] };

/** Where a bucket begins that has `nowMs` in it. */
export const bucketAt = (nowMs: number, { bucketMs }: CircuitPolicy): number => nowMs - (nowMs % bucketMs);

/** Samples that count now. What lies further ahead than clocks differ came from one that is wrong. */
const counted = (circuit: Circuit & { kind: 'closed' }, nowMs: number, policy: CircuitPolicy) =>
  circuit.samples.filter(
    ({ atMs }) => atMs >= circuit.sinceMs && atMs > nowMs - policy.windowMs && atMs <= nowMs + policy.clockSkewMs,
  );

const isBroken = (samples: readonly FailureSample[], policy: CircuitPolicy): boolean => {
  const failures = samples.reduce((sum, sample) => sum + sample.failures, 0);
  const calls = samples.reduce((sum, sample) => sum + sample.successes, failures);
  return failures >= policy.minFailures && failures >= policy.minFailureRatio * calls;
};

const opened = (openings: number, nowMs: number, { openMs, maxOpenMs }: CircuitPolicy): Circuit => ({
  kind: 'open',
  untilMs: nowMs + Math.min(maxOpenMs, openMs * 2 ** (openings - 1)),
  openings,
});

const afterProbe = (
  circuit: Circuit & { kind: 'half_open' },
  verdict: CallVerdict,
  nowMs: number,
  policy: CircuitPolicy,
): Circuit => {
  switch (verdict) {
    case 'worked':
      return { kind: 'closed', sinceMs: nowMs, samples: [] };
    case 'failed':
      return opened(circuit.openings + 1, nowMs, policy);
    case 'neutral':
      return { kind: 'open', untilMs: nowMs, openings: circuit.openings };
    default:
      return verdict satisfies never;
  }
};

/** What a circuit lets through at a time: every call, one that probes, or none. */
export const passage = (circuit: Circuit, nowMs: number): 'call' | 'probe' | 'none' => {
  if (circuit.kind === 'closed') return 'call';
  return nowMs < circuit.untilMs ? 'none' : 'probe';
};

/** The circuit after an event; the same object if the event changes nothing. */
export const observe = (circuit: Circuit, event: CircuitEvent, nowMs: number, policy: CircuitPolicy): Circuit => {
  switch (event.kind) {
    case 'call_failed': {
      if (circuit.kind !== 'closed') return circuit;
      return isBroken(counted(circuit, nowMs, policy), policy) ? opened(1, nowMs, policy) : circuit;
    }
    case 'probe_begun': {
      if (circuit.kind === 'closed' || passage(circuit, nowMs) !== 'probe') return circuit;
      return { kind: 'half_open', untilMs: event.untilMs, openings: circuit.openings, probe: event.probe };
    }
    case 'probe_ended': {
      if (circuit.kind !== 'half_open' || circuit.probe !== event.probe) return circuit;
      return afterProbe(circuit, event.verdict, nowMs, policy);
    }
    default:
      return event satisfies never;
  }
};

/** What people are shown of a circuit: one whose next call probes is half-open. */
export const shownState = (circuit: Circuit, nowMs: number): 'closed' | 'open' | 'half_open' => {
  if (circuit.kind !== 'open') return circuit.kind;
  return nowMs < circuit.untilMs ? 'open' : 'half_open';
};
