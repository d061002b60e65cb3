import { type Check, notApplicable, type Verdict } from './check.ts';
import { ACCESS_CHECKS } from './checks/access-checks.ts';
import { ANSWER_CHECKS } from './checks/answer-checks.ts';
import { FAULT_CHECKS } from './checks/fault-checks.ts';
import { HANDOFF_CHECKS } from './checks/handoff-checks.ts';
import { HEALTH_CHECKS } from './checks/health-checks.ts';
import { LIMIT_CHECKS } from './checks/limit-checks.ts';
import { ROUTE_CHECKS } from './checks/route-checks.ts';
import { STREAM_CHECKS } from './checks/stream-checks.ts';
import type { Subject } from './subject.ts';

/** In the order in which they run; those that look back at all replies are last. */
export const CHECKS: readonly Check[] = [
  ...HEALTH_CHECKS,
  ...ANSWER_CHECKS,
  ...FAULT_CHECKS,
  ...HANDOFF_CHECKS,
  ...ROUTE_CHECKS,
  ...STREAM_CHECKS,
  ...ACCESS_CHECKS,
  ...LIMIT_CHECKS,
];

export interface Outcome {
  readonly check: Check;
  readonly verdict: Verdict;
  readonly tookMs: number;
}

/** Hears of every check before and after it ran. */
export interface Listener {
  readonly started: (check: Check) => void;
  readonly finished: (outcome: Outcome) => void;
}

const SILENT: Listener = { started: () => undefined, finished: () => undefined };

const outcomeOf = async (check: Check, subject: Subject, passed: ReadonlySet<string>): Promise<Outcome> => {
  const startedMs = performance.now();
  const { after } = check;
  const isMoot = after !== undefined && !after.some((id) => passed.has(id));
  const verdict = isMoot ? notApplicable(`says nothing while ${after.join(' and ')} failed`) : await check.run(subject);
  return { check, verdict, tookMs: performance.now() - startedMs };
};

/** Runs every check, one after the other. */
export const runChecks = async (subject: Subject, listener = SILENT): Promise<readonly Outcome[]> => {
  const passed = new Set<string>();
  const outcomes: Outcome[] = [];
  for (const check of CHECKS) {
    listener.started(check);
    const outcome = await outcomeOf(check, subject, passed);
    if (outcome.verdict.result === 'pass') passed.add(check.id);
    outcomes.push(outcome);
    listener.finished(outcome);
  }
  return outcomes;
};
