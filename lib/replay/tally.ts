import { isChange, type Judgement, type UnknownReason, VERDICTS } from './judge-decision.ts';
import { isOtherRole, type ReadAgain } from './read-again.ts';

/** What a replay comes to, in the form that it is printed in. */
export interface Summary {
  /** Version of the policy. */
  readonly policy: string;
  readonly decisions: number;
  /** Turns that no decision is stored with: pending ones, and those that were given up. */
  readonly undecided: number;
  readonly changed: number;
  /** Of the decisions, in [0, 1]. */
  readonly share: number;
  readonly by_verdict: Readonly<Record<Judgement['verdict'], number>>;
  readonly unknown: Readonly<Partial<Record<UnknownReason, number>>>;
  /** Decisions that agents may change that are not stored with them. */
  readonly partial: number;
  /** Of the changed decisions, how many each field of the policy speaks for most. */
  readonly by_field: Readonly<Record<string, number>>;
  /** The most frequent changes of agent. */
  readonly moves: readonly { readonly from: string | null; readonly to: string | null; readonly count: number }[];
  /** Messages that were read anew by today's model, and in how many it reads another role. */
  readonly model: { readonly read: number; readonly other_role: number };
}

/** More are of no use to a person. */
const MAX_MOVES = 20;

const add = <K>(counts: Map<K, number>, key: K): void => {
  counts.set(key, (counts.get(key) ?? 0) + 1);
};

const byCount = <K>(counts: ReadonlyMap<K, number>): [K, number][] =>
  [...counts].sort(([, left], [, right]) => right - left);

/** Counts as it goes: nothing that was counted is kept. */
export const makeTally = (policy: string) => {
  const verdicts = new Map<Judgement['verdict'], number>(VERDICTS.map((verdict) => [verdict, 0]));
  const unknown = new Map<UnknownReason, number>();
  const fields = new Map<string, number>();
  const moves = new Map<string, number>();
  let [decisions, undecided, changed, partial, read, otherRole] = [0, 0, 0, 0, 0, 0];
  return {
    undecided: (): void => {
      undecided += 1;
    },
    count: (judgement: Judgement, again: ReadAgain | undefined): void => {
      const { verdict, why, from, to, because } = judgement;
      decisions += 1;
      add(verdicts, verdict);
      if (why !== undefined) add(unknown, why);
      if (judgement.partial) partial += 1;
      if (isChange(judgement)) {
        changed += 1;
        const [first] = because;
        if (first !== undefined) add(fields, first.field);
        if (from !== to) add(moves, JSON.stringify([from, to]));
      }
      if (again === undefined) return;
      read += 1;
      if (isOtherRole(again)) otherRole += 1;
    },
    summary: (): Summary => ({
      ...{ policy, decisions, undecided, changed },
      share: decisions === 0 ? 0 : Math.round((1e4 * changed) / decisions) / 1e4,
      by_verdict: Object.fromEntries(verdicts) as Summary['by_verdict'],
      unknown: Object.fromEntries(byCount(unknown)),
      partial,
      by_field: Object.fromEntries(byCount(fields)),
      moves: byCount(moves)
        .slice(0, MAX_MOVES)
        .map(([key, count]) => {
          const [from, to] = JSON.parse(key) as [string | null, string | null];
          return { from, to, count };
        }),
      model: { read, other_role: otherRole },
    }),
  };
};
