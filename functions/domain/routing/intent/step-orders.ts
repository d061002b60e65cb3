import { LABELS } from '../encoder/router-input.ts';

/** Roles that can be a step: the labels before `none`. */
export const STEP_ROLES = LABELS.indexOf('none');
/** Column of a clause that asks for nothing, after those of the roles. */
export const IDLE = LABELS.indexOf('none');
const MOST_STEPS = 3;

const ordersFrom = (order: readonly number[]): readonly (readonly number[])[] =>
  order.length === MOST_STEPS
    ? [order]
    : [
        order,
        ...Array.from({ length: STEP_ROLES }, (_, role) => role)
          .filter((role) => role !== order.at(-1))
          .flatMap((role) => ordersFrom([...order, role])),
      ];

/** All that a message can ask for: nothing, one role, or up to three one after the other, none twice in a row. */
export const ORDERS: readonly (readonly number[])[] = ordersFrom([]);

const PLACES = new Map(ORDERS.map((order, place) => [order.join(), place]));

/** Place of an order among ORDERS, or -1. */
export const placeOfOrder = (order: readonly number[]): number => PLACES.get(order.join()) ?? -1;

/** How a text may tell an order that is not the order of doing: "review it, but first fix…", "before you write…". */
export const retold = (order: readonly number[]): readonly (readonly number[])[] => {
  const [a, b, c] = order;
  if (a === undefined || b === undefined) return [];
  const told =
    c === undefined
      ? [[b, a]]
      : [
          [b, a, c],
          [b, c, a],
        ];
  return told.filter((order) => placeOfOrder(order) !== -1);
};

const RETOLD: readonly (readonly number[])[] = ORDERS.map((order) => retold(order).map(placeOfOrder));

/** Probability that clauses with these probabilities (STEP_ROLES roles, then IDLE) tell an order; idle ones and repeats do not count. */
export const tellingProbability = (clauses: readonly Float64Array[], order: readonly number[]): number => {
  if (order.length > clauses.length) return 0;
  const reached = new Float64Array(order.length + 1);
  reached[0] = 1;
  for (const clause of clauses) {
    for (let at = order.length; at >= 0; at -= 1) {
      const role = at === 0 ? 0 : (clause[order[at - 1] ?? IDLE] ?? 0);
      const stays = (reached[at] ?? 0) * ((clause[IDLE] ?? 0) + role);
      reached[at] = stays + (at === 0 ? 0 : (reached[at - 1] ?? 0) * role);
    }
  }
  return reached[order.length] ?? 0;
};

/** Probability of each of ORDERS, given how probable it is that the text tells it in another order than that of doing. */
export const orderProbabilities = (clauses: readonly Float64Array[], turned: number): Float64Array => {
  const told = ORDERS.map((order) => tellingProbability(clauses, order));
  return Float64Array.from(told, (direct, place) => {
    const others = RETOLD[place] ?? [];
    const sum = others.reduce((total, other) => total + (told[other] ?? 0), 0);
    return (1 - turned) * direct + (others.length === 0 ? 0 : (turned * sum) / others.length);
  });
};
