import { describe, expect, it } from 'vitest';
import { loadLinearRegex } from '../../functions/adapters/linear-regex.ts';
import { makeRuleReading, type OwnerRules } from '../../functions/adapters/rule-reading.ts';
import { patience } from '../twins/samples.ts';

const pointerTo = (id: string) => ({ id, version: 1, writtenAtMs: 0, copies: 2 });
const storedRule = (name: string, text: object = { any_of: ['x'] }) => ({
  name,
  when: { text },
  to: { role: 'debugger' },
});

/** Reading from a store that holds these rules, or is down without any. */
const setUp = (stored: readonly unknown[] | undefined) => {
  const seen = { reads: 0, engines: 0, errors: [] as string[], counted: 0 };
  const readRules = makeRuleReading({
    sets: {
      read: async () => {
        seen.reads += 1;
        if (stored === undefined) throw new Error('the store is down');
        return stored;
      },
    },
    loadRegex: () => {
      seen.engines += 1;
      return loadLinearRegex();
    },
    log: { error: (message, fields = {}) => void seen.errors.push(`${message}: ${fields.rule ?? ''}`) },
    measure: (_, value) => {
      seen.counted += value;
    },
  });
  const read = (id: string | undefined, known?: OwnerRules) =>
    readRules('acme' as never, id === undefined ? undefined : pointerTo(id), known, patience());
  return { seen, read };
};

const namesOf = ({ rules }: OwnerRules) => rules.map(({ name }) => name);

describe('reading rules', () => {
  it('reads nothing where there are none, or where they are known', async () => {
    const { seen, read } = setUp([storedRule('a')]);
    expect(await read(undefined)).toEqual({ id: undefined, rules: [] });
    const known = await read('1');
    expect(namesOf(known)).toEqual(['a']);
    expect(await read('1', known)).toBe(known);
    expect(namesOf(await read('2', known))).toEqual(['a']);
    expect(seen.reads).toBe(2);
  });

  it('takes no engine for rules without a regular expression', async () => {
    const plain = setUp([storedRule('a'), storedRule('b', { glob: ['*'] })]);
    await plain.read('1');
    expect(plain.seen.engines).toBe(0);
    const regex = setUp([storedRule('a', { regex: ['x+'] })]);
    expect(namesOf(await regex.read('1'))).toEqual(['a']);
    expect(regex.seen.engines).toBe(1);
  });

  it('survives rules that it cannot use: each is left out, counted and logged by name', async () => {
    const broken = storedRule('broken', { regex: ['(', '['] });
    const { seen, read } = setUp([{ ...storedRule('of tomorrow'), weather: 1 }, storedRule('good'), broken]);
    expect(namesOf(await read('1'))).toEqual(['good']);
    expect(seen.counted).toBe(2);
    expect(new Set(seen.errors)).toEqual(
      new Set(['routing rule not readable: of tomorrow', 'routing rule not usable: broken']),
    );
  });

  it('survives a store that is down: the last rules stand, and without any it rejects', async () => {
    const known = await setUp([storedRule('a')]).read('1');
    const { seen, read } = setUp(undefined);
    expect(await read('2', known)).toBe(known);
    expect(seen.errors).toHaveLength(1);
    await expect(read('2')).rejects.toThrow('the store is down');
  });
});
