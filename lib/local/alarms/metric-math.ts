/** The value of a metric id in one period; undefined if it has no data there. */
type Lookup = (id: string) => number | undefined;
type Evaluate = (lookup: Lookup) => number | undefined;

/** A parsed metric math expression, evaluated period by period. */
export interface MetricMath {
  readonly ids: readonly string[];
  readonly evaluate: Evaluate;
}

/**
 * Parses the part of CloudWatch's metric math that works on one period at a time: numbers, ids, `+ - * /`, parentheses,
 * `FILL(m, number)`, and `SUM`, `AVG`, `MIN`, `MAX` of an array `[a, b, …]`.
 * A period in which an operand has no data, or a division by zero, has no result.
 *
 * @throws Error that names what is not emulated
 * @see "Using math expressions with CloudWatch metrics", Amazon CloudWatch User Guide
 */
export const parseMetricMath = (expression: string): MetricMath => {
  const tokens = expression.match(/[A-Za-z_][A-Za-z0-9_]*|\d+(?:\.\d+)?|\S/g) ?? [];
  const ids = new Set<string>();
  let position = 0;

  const fail = (what: string): Error =>
    new Error(`the local cloud does not emulate ${what} in the metric math "${expression}"`);
  const take = (token: string): boolean => {
    if (tokens[position] !== token) return false;
    position += 1;
    return true;
  };
  const expect = (token: string): void => {
    if (!take(token))
      throw fail(tokens[position] === undefined ? `an end without "${token}"` : `"${tokens[position]}"`);
  };

  const leftAssociative = (operators: string, operand: () => Evaluate) => (): Evaluate => {
    let left = operand();
    while (operators.includes(tokens[position] ?? ' ')) {
      const operator = tokens[position++] ?? '';
      left = binary(operator, left, operand());
    }
    return left;
  };
  const atom = (): Evaluate => {
    const token = tokens[position++];
    if (token === undefined) throw fail('an empty operand');
    if (/^\d/.test(token)) return () => Number(token);
    if (token === '-') return negated(atom());
    if (token === '(') {
      const inner = sum();
      expect(')');
      return inner;
    }
    if (!/^[A-Za-z_]/.test(token)) throw fail(`"${token}"`);
    if (take('(')) return call(token);
    ids.add(token);
    return (lookup) => lookup(token);
  };
  const call = (name: string): Evaluate => {
    const result = name === 'FILL' ? fill() : reduced(name);
    expect(')');
    return result;
  };
  const fill = (): Evaluate => {
    const metric = sum();
    expect(',');
    const replacement = sum();
    return (lookup) => metric(lookup) ?? replacement(lookup);
  };
  const reduced = (name: string): Evaluate => {
    const reduce = REDUCERS[name];
    if (reduce === undefined) throw fail(`the function ${name}`);
    expect('[');
    const members = [sum()];
    while (take(',')) members.push(sum());
    expect(']');
    return (lookup) => {
      const values = members.map((member) => member(lookup)).filter((value) => value !== undefined);
      return values.length === 0 ? undefined : reduce(values);
    };
  };
  const product = leftAssociative('*/', atom);
  const sum = leftAssociative('+-', product);

  const evaluate = sum();
  if (position < tokens.length) throw fail(`"${tokens[position]}"`);
  return { ids: [...ids], evaluate };
};

const total = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

const REDUCERS: Readonly<Record<string, (values: readonly number[]) => number>> = {
  SUM: total,
  AVG: (values) => total(values) / values.length,
  MIN: (values) => Math.min(...values),
  MAX: (values) => Math.max(...values),
};

const negated =
  (operand: Evaluate): Evaluate =>
  (lookup) => {
    const value = operand(lookup);
    return value === undefined ? undefined : -value;
  };

const binary =
  (operator: string, left: Evaluate, right: Evaluate): Evaluate =>
  (lookup) => {
    const a = left(lookup);
    const b = right(lookup);
    if (a === undefined || b === undefined) return undefined;
    if (operator === '+') return a + b;
    if (operator === '-') return a - b;
    if (operator === '*') return a * b;
    return b === 0 ? undefined : a / b;
  };
