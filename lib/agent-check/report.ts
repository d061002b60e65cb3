import type { Outcome } from './run-checks.ts';
import type { Subject } from './subject.ts';

const MARK = { pass: '✓', warning: '!', fail: '✗', not_applicable: '-' } as const;

/** One check in words: what was looked at, and what to do if it failed or warns. */
export const outcomeText = ({ check, verdict }: Outcome): string => {
  const head = `${MARK[verdict.result]} ${check.id}: ${check.title}`;
  if (verdict.result === 'pass') return verdict.note === undefined ? head : `${head} (${verdict.note})`;
  if (verdict.result === 'not_applicable') return `${head} (not applicable: ${verdict.reason})`;
  return `${head}\n    why: ${verdict.reason}\n    do:  ${verdict.advice}\n    see: docs/agents.md, “${check.clause}”`;
};

const counts = (outcomes: readonly Outcome[]) => {
  const count = (result: Outcome['verdict']['result']) =>
    outcomes.filter(({ verdict }) => verdict.result === result).length;
  return {
    passed: count('pass'),
    failed: count('fail'),
    warnings: count('warning'),
    not_applicable: count('not_applicable'),
  };
};

/** The last line. */
export const summaryText = (outcomes: readonly Outcome[], { replies }: Subject): string => {
  const { passed, failed, warnings, not_applicable } = counts(outcomes);
  const seconds = outcomes.reduce((sum, { tookMs }) => sum + tookMs, 0) / 1000;
  return `${passed} passed, ${failed} failed, ${warnings} warnings, ${not_applicable} not applicable; ${replies.length} requests in ${seconds.toFixed(1)} s`;
};

/** Everything, for programs. */
export const reportJson = (outcomes: readonly Outcome[], { options, replies }: Subject) => ({
  address: options.address,
  role: options.role,
  ...counts(outcomes),
  requests: replies.length,
  checks: outcomes.map(({ check, verdict, tookMs }) => ({
    id: check.id,
    title: check.title,
    clause: check.clause,
    ...verdict,
    took_ms: Math.round(tookMs),
  })),
});
