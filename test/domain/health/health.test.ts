import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type HealthState, observeHealth, uptimeOf } from '../../../functions/domain/health/health.ts';

type Seen = Parameters<typeof observeHealth>[1];

const UNCHECKED: HealthState = { health: 'unknown', contrary: 0, checks: 0, passed: 0 };

const afterChecks = (state: HealthState, seen: readonly Seen[]): HealthState => seen.reduce(observeHealth, state);

describe('the health of an agent', () => {
  const table: readonly (readonly [HealthState['health'], string, HealthState['health'], number])[] = [
    ['unknown', 'H', 'healthy', 0],
    ['unknown', 'D', 'degraded', 0],
    ['unknown', 'U', 'unknown', 1],
    ['unknown', 'U U', 'unhealthy', 0],
    ['unknown', 'U H', 'healthy', 0],
    ['healthy', 'H', 'healthy', 0],
    ['healthy', 'D', 'degraded', 0],
    ['healthy', 'U', 'healthy', 1],
    ['healthy', 'U U', 'unhealthy', 0],
    ['healthy', 'U H U', 'healthy', 1],
    ['healthy', 'U D U', 'degraded', 1],
    ['healthy', 'D U', 'degraded', 1],
    ['healthy', 'D U U', 'unhealthy', 0],
    ['degraded', 'D', 'degraded', 0],
    ['degraded', 'H', 'healthy', 0],
    ['degraded', 'U', 'degraded', 1],
    ['degraded', 'H U', 'healthy', 1],
    ['degraded', 'U U', 'unhealthy', 0],
    ['unhealthy', 'U', 'unhealthy', 0],
    ['unhealthy', 'H', 'unhealthy', 1],
    ['unhealthy', 'D', 'unhealthy', 1],
    ['unhealthy', 'H U H', 'unhealthy', 1],
    ['unhealthy', 'H H', 'healthy', 0],
    ['unhealthy', 'H D', 'degraded', 0],
    ['unhealthy', 'D H', 'healthy', 0],
  ];
  const words: Readonly<Record<string, Seen>> = { H: 'healthy', D: 'degraded', U: 'unhealthy' };

  it.each(table)('that is %s is after %s %s', (known, letters, health, contrary) => {
    const seen = letters.split(' ').map((letter) => words[letter] ?? 'healthy');
    expect(afterChecks({ ...UNCHECKED, health: known }, seen)).toMatchObject({ health, contrary });
  });

  const anySeen = fc.constantFrom<Seen>('healthy', 'degraded', 'unhealthy');
  const anyState = fc.array(anySeen, { maxLength: 12 }).map((seen) => afterChecks(UNCHECKED, seen));
  const known = anyState.filter(({ health }) => health !== 'unknown');
  const settled = known.filter(({ contrary }) => contrary === 0);
  const isIn = ({ health }: Pick<HealthState, 'health'>): boolean => health !== 'unhealthy';

  it('takes an agent out or in at no single result that contradicts what was known', () => {
    const property = fc.property(settled, anySeen, (state, seen) => {
      expect(isIn(observeHealth(state, seen))).toBe(isIn(state));
    });
    fc.assert(property);
  });

  it('takes an agent out or in whenever two results in a row say so', () => {
    const property = fc.property(anyState, anySeen, anySeen, (state, first, second) => {
      fc.pre(isIn({ health: first }) === isIn({ health: second }));
      expect(afterChecks(state, [first, second])).toMatchObject({ health: second, contrary: 0 });
    });
    fc.assert(property);
  });
});

describe('uptime', () => {
  const checked = (checks: number, passed: number): HealthState => ({ ...UNCHECKED, checks, passed });
  const repeated = (state: HealthState, seen: Seen, times: number): HealthState =>
    afterChecks(
      state,
      Array.from({ length: times }, () => seen),
    );

  it('is unknown before the first check', () => {
    expect(uptimeOf(UNCHECKED)).toBeNull();
  });

  it('is the share of checks that found the agent at work', () => {
    expect(uptimeOf(afterChecks(UNCHECKED, ['healthy', 'degraded', 'unhealthy', 'healthy']))).toBe(0.75);
  });

  it('never hides a failure by rounding', () => {
    expect(observeHealth(checked(2_879, 2_878), 'healthy')).toMatchObject({ checks: 1_440, passed: 1_439 });
  });

  it('forgets what is more than two days old', () => {
    const down = repeated(UNCHECKED, 'unhealthy', 30 * 1_440);
    expect(uptimeOf(repeated(down, 'healthy', 1_440))).toBeGreaterThan(0.3);
    expect(uptimeOf(repeated(down, 'healthy', 14 * 1_440))).toBeGreaterThan(0.99);
  });

  it('is always a share', () => {
    const property = fc.property(fc.nat(2_879), fc.double({ min: 0, max: 1, noNaN: true }), (checks, share) => {
      for (const seen of ['healthy', 'unhealthy'] as const) {
        const state = observeHealth(checked(checks, Math.round(checks * share)), seen);
        expect(state.passed).toBeLessThanOrEqual(state.checks);
        expect(state.checks).toBeLessThan(2_880);
      }
    });
    fc.assert(property);
  });
});
