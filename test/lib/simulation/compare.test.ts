import { describe, expect, it } from 'vitest';
import { compare } from '../../../lib/simulation/compare.ts';
import { dotPlot } from '../../../lib/simulation/dot-plot.ts';
import { POLICIES } from '../../../lib/simulation/policies.ts';
import { SCENARIOS } from '../../../lib/simulation/scenarios.ts';
import { tableOf } from '../../../lib/simulation/table.ts';

const SMALL = { hours: 0.4, agents: 400, seed: 3 };
const TINY = { hours: 0.2, agents: 200, seed: 3 };
const compared = compare(SCENARIOS, SMALL);

describe('policies on the same traffic', () => {
  it('come to the same bytes each time', () => {
    const some = SCENARIOS.filter(({ name }) => name === 'failures');
    const once = compare(some, TINY);
    const again = compare(some, TINY);
    expect(JSON.stringify(again)).toBe(JSON.stringify(once));
    expect(dotPlot(again)).toBe(dotPlot(once));
    expect(JSON.stringify(compare(some, { ...TINY, seed: 4 }))).not.toBe(JSON.stringify(once));
  });

  it('have the same number of turns each', () => {
    for (const { policies } of compared)
      expect(new Set(Object.values(policies).map(({ turns }) => turns)).size).toBe(1);
  });

  it.each(compared.map(({ scenario, policies }) => [scenario, policies] as const))(
    'do not beat Switchboard by p99 or errors: %s',
    (_, { switchboard, random, 'two-choices': twoChoices, 'least-loaded': leastLoaded }) => {
      for (const other of [random, twoChoices, leastLoaded]) {
        // A few seconds and tenths of a per cent are chance in a run of this size.
        expect(switchboard?.p99S).toBeLessThanOrEqual((other?.p99S ?? 0) * 1.02);
        expect(switchboard?.errors).toBeLessThanOrEqual((other?.errors ?? 0) + 0.003);
        expect(switchboard?.meanS).toBeLessThanOrEqual(other?.meanS ?? 0);
      }
      expect(switchboard?.kept).toBeGreaterThan(0.9);
    },
  );

  it('are all in table and plot', () => {
    const plot = dotPlot(compared);
    for (const { title } of POLICIES) {
      expect(tableOf(compared[0] ?? { scenario: '', title: '', policies: {} })).toContain(title);
      expect(plot).toContain(`>${title}</text>`);
    }
    for (const { title } of compared) expect(plot).toContain(`>${title}</text>`);
    expect(plot).not.toMatch(/NaN|undefined|Infinity/);
  });
});
