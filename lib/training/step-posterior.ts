import { IDLE } from '../../functions/domain/routing/intent/step-orders.ts';

/** Probability that clauses tell an order and, with that probability as total, of what each clause is then. */
export interface Posterior {
  readonly probability: number;
  readonly clauses: readonly Float64Array[];
}

/** What has been told before each clause: probabilities of having told the first so many of the order. */
const forward = (clauses: readonly Float64Array[], order: readonly number[]): readonly Float64Array[] => {
  let reached = new Float64Array(order.length + 1);
  reached[0] = 1;
  const all = [reached];
  for (const clause of clauses) {
    const next = new Float64Array(order.length + 1);
    for (let at = 0; at <= order.length; at += 1) {
      const role = at === 0 ? 0 : (clause[order[at - 1] ?? IDLE] ?? 0);
      const comes = at === 0 ? 0 : (reached[at - 1] ?? 0) * role;
      next[at] = (reached[at] ?? 0) * ((clause[IDLE] ?? 0) + role) + comes;
    }
    all.push(next);
    reached = next;
  }
  return all;
};

/**
 * What each clause is, if together they tell an order: forward–backward over alignments in which idle clauses and
 * repeats do not count ("Connectionist Temporal Classification", Graves et al. 2006, with repeats merged across blanks).
 */
export const posteriorOf = (clauses: readonly Float64Array[], order: readonly number[]): Posterior => {
  const before = forward(clauses, order);
  let after = new Float64Array(order.length + 1);
  after[order.length] = 1;
  const posteriors: Float64Array[] = [];
  for (let index = clauses.length - 1; index >= 0; index -= 1) {
    const clause = clauses[index] ?? new Float64Array(IDLE + 1);
    const reached = before[index] ?? new Float64Array(0);
    const posterior = new Float64Array(IDLE + 1);
    const earlier = new Float64Array(order.length + 1);
    for (let at = 0; at <= order.length; at += 1) {
      const idle = clause[IDLE] ?? 0;
      const role = order[at - 1];
      const same = role === undefined ? 0 : (clause[role] ?? 0);
      const following = order[at];
      const ahead = after[at] ?? 0;
      posterior[IDLE] = (posterior[IDLE] ?? 0) + (reached[at] ?? 0) * idle * ahead;
      if (role !== undefined)
        posterior[role] = (posterior[role] ?? 0) + ((reached[at] ?? 0) + (reached[at - 1] ?? 0)) * same * ahead;
      earlier[at] =
        (idle + same) * ahead + (following === undefined ? 0 : (clause[following] ?? 0) * (after[at + 1] ?? 0));
    }
    posteriors.unshift(posterior);
    after = earlier;
  }
  return { probability: before[clauses.length]?.[order.length] ?? 0, clauses: posteriors };
};
