import { describe, expect, it } from 'vitest';
import { readOptions, UsageError } from '../../../lib/simulation/options.ts';
import { SCENARIOS } from '../../../lib/simulation/scenarios.ts';

describe('options of npm run simulate', () => {
  it('are an hour, two thousand agents and every scenario if none is given', () => {
    expect(readOptions([])).toMatchObject({ hours: 1, agents: 2_000, seed: 1, scenarios: SCENARIOS, isDefault: true });
    expect(readOptions(['--help'])).toBeUndefined();
  });

  it('that change the figures are not the default', () => {
    const options = readOptions(['--scenario', 'steady', '--scenario', 'crowd', '--out', 'there', '--json']);
    expect(options).toMatchObject({ isDefault: false, out: 'there', json: true });
    expect(options?.scenarios.map(({ name }) => name)).toEqual(['steady', 'crowd']);
    for (const args of [
      ['--hours', '2'],
      ['--agents', '400'],
      ['--seed', '7'],
    ])
      expect(readOptions(args)?.isDefault).toBe(false);
  });

  it.each([
    [['--hours', '0'], '--hours must be a number in 0.1–24'],
    [['--hours', ''], '--hours must be'],
    [['--agents', '500.5'], '--agents must be a whole number in 200–20000'],
    [['--seed', 'x'], '--seed must be'],
    [['--scenario', 'sunshine'], 'there is no scenario sunshine'],
    [['--speed'], "Unknown option '--speed'"],
  ])('rejects %j', (args, message) => {
    expect(() => readOptions(args)).toThrow(UsageError);
    expect(() => readOptions(args)).toThrow(message);
  });
});
