import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RoutingRules } from '../../../../functions/domain/contract/routing-rules.ts';
import { compileRules } from '../../../../functions/domain/routing/rules/compile-rules.ts';
import { firstHit } from '../../../../functions/domain/routing/rules/first-hit.ts';
import { compiled, compileRegex, rule, subject } from './samples.ts';

const list = <T>(item: fc.Arbitrary<T>, maxLength = 4) => fc.array(item, { minLength: 1, maxLength });
const anyText = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }),
  fc.string({ minLength: 1, maxLength: 40 }),
);
const regex = fc.constantFrom('a*b', '(?i)fix|bug', '\\bX-\\d+\\b', '^$', '[^a]{3,9}', '\\p{Greek}', '(a|b)*c');
const phrase = anyText.filter((text) => /^(?=.*[\p{L}\p{N}])\S(.*\S)?$/u.test(text));

const wireRule = fc.record(
  {
    name: fc.string({ unit: fc.constantFrom('a', 'B', '7', '-', ' ', 'ü'), minLength: 1, maxLength: 20 }),
    priority: fc.integer({ min: -1000, max: 1000 }),
    when: fc.record(
      {
        text: fc.record(
          { regex: list(regex), glob: list(anyText), any_of: list(phrase), in: fc.constantFrom('message', 'prose') },
          { requiredKeys: [] },
        ),
        files: fc.record({ regex: list(regex), glob: list(anyText) }, { requiredKeys: [] }),
        tenants: list(fc.constantFrom('acme', 'beta')),
      },
      { requiredKeys: [] },
    ),
    to: fc.oneof(
      fc.record({ role: fc.constantFrom('debugger', 'documentation') }),
      fc.record({ agent_id: fc.constantFrom('a', 'b') }),
      fc.record({ capability: fc.constantFrom('sql', 'fix') }),
    ),
    enabled: fc.boolean(),
  },
  { requiredKeys: ['name', 'when', 'to'] },
);

describe('rules that pass the contract', () => {
  it('compile, and judge any message by the highest rule that holds', () => {
    let seen = 0;
    fc.assert(
      fc.property(
        fc.array(wireRule, { maxLength: 12 }),
        anyText,
        fc.array(anyText, { maxLength: 3 }),
        (rules, message, files) => {
          const read = RoutingRules.safeDecode({ rules } as never);
          fc.pre(read.success);
          const { rules: ready, faults } = compileRules('global', read.data?.rules ?? [], compileRegex);
          expect(faults).toEqual([]);
          expect(ready.length).toBe(rules.filter(({ enabled }) => enabled !== false).length);
          const hit = firstHit(ready, subject(message, ...files), 'acme');
          const alone = ready.filter((one) => firstHit([one], subject(message, ...files), 'acme') !== undefined);
          expect(hit?.rule).toBe(alone.toSorted((left, right) => right.priority - left.priority)[0]?.name);
          seen += 1;
        },
      ),
      { numRuns: 300 },
    );
    expect(seen).toBeGreaterThan(100);
  });
});

/** The fastest of some runs, ms: other work on the machine makes runs slower, never faster. */
const fastestMs = (act: () => void): number => {
  const times = Array.from({ length: 5 }, () => {
    const startedMs = performance.now();
    act();
    return performance.now() - startedMs;
  });
  return Math.min(...times);
};

describe('hostile text', () => {
  const rules = compiled([
    rule({ text: { regex: ['(a|aa)*!', '(a*)*!', '.*a.*a.*a.*!', '(\\w+\\s?)+!', '[ab]*a[ab]{15}!'] } }),
    rule({ text: { glob: ['*a*a*a*a*a!', '*a?a?a?a*!', `*${'a'.repeat(100)}!*`] } }),
    rule({ text: { any_of: Array.from({ length: 100 }, (_, index) => `a a a a ${index}`) } }),
    rule({ text: { any_of: ['a!'], in: 'prose' } }),
  ]);
  const judge = (text: string) => {
    if (firstHit(rules, subject(text), 'acme') !== undefined) throw new Error('a hit');
  };
  const units = ['a', 'ab', 'a ', 'a a a a ', '```\n', ' ', '\n', 'ü', '𝒳', '\ud800', 'a(\n', "it's "];

  it.each(units)('of twice the length takes about twice as long at most: %j', (unit) => {
    const [half, whole] = [8_192, 16_384].map((length) => unit.repeat(Math.ceil(length / unit.length)));
    judge(whole ?? '');
    const [halfMs, wholeMs] = [half, whole].map((text = '') => fastestMs(() => judge(text)));
    // Quadratic would be 4 times as long; the pause is for what clocks and collectors do to short times.
    expect(wholeMs).toBeLessThan(3 * (halfMs ?? 0) + 5);
  });

  it.each(units)('of 1 MiB is read no further than its bounds: %j', (unit) => {
    const text = unit.repeat(Math.ceil((1024 * 1024) / unit.length));
    judge(text);
    // Takes 2 to 20 ms; anything quadratic takes seconds.
    expect(fastestMs(() => judge(text))).toBeLessThan(500);
  });
});
