import type { Subject } from './subject.ts';

/** What a check found. `advice` says what the agent's author can do about it. */
export type Verdict =
  | { readonly result: 'pass'; readonly note?: string }
  /** Allowed, but worth a change. */
  | { readonly result: 'warning'; readonly reason: string; readonly advice: string }
  | { readonly result: 'fail'; readonly reason: string; readonly advice: string }
  | { readonly result: 'not_applicable'; readonly reason: string };

/** One promise of the agent contract, tried on a real agent. */
export interface Check {
  readonly id: string;
  /** What a right agent does. */
  readonly title: string;
  /** Heading of docs/agents.md that asks for it. */
  readonly clause: string;
  /** Ids of checks: unless one of them passed, this one would say nothing new and is left out. */
  readonly after?: readonly string[];
  readonly run: (subject: Subject) => Promise<Verdict>;
}

export const pass = (note?: string): Verdict => (note === undefined ? { result: 'pass' } : { result: 'pass', note });
export const fail = (reason: string, advice: string): Verdict => ({ result: 'fail', reason, advice });
export const warn = (reason: string, advice: string): Verdict => ({ result: 'warning', reason, advice });
export const notApplicable = (reason: string): Verdict => ({ result: 'not_applicable', reason });
