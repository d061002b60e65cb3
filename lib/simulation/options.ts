import { parseArgs } from 'node:util';
import { TENANTS } from './fleet.ts';
import { SCENARIOS, type Scenario } from './scenarios.ts';
import type { Extent } from './world.ts';

export const USAGE = `npm run simulate -- [options]

Routes an hour of traffic in virtual time by several policies, the same traffic with the same luck, and prints what
callers and agents see of each. Without options it takes about two minutes, and writes docs/figures/simulation.svg and
test/bench/results/simulation.json; with any that changes the figures it writes nothing unless --out says where.

  --hours N        simulated hours, 0.1–24 (1)
  --agents N       agents, 200–20000 (2000); traffic is in proportion
  --seed N         another seed, other agents and traffic (1)
  --scenario NAME  one scenario; may be given several times (all)
                   ${SCENARIOS.map(({ name }) => name).join(', ')}
  --json           prints JSON instead of tables
  --out FOLDER     writes simulation.svg and simulation.json there
  --help           prints this`;

/** Arguments that make no sense; its message says which. */
export class UsageError extends Error {}

export interface SimulationOptions extends Extent {
  readonly scenarios: readonly Scenario[];
  readonly json: boolean;
  /** Where to write; undefined: where the documentation has them if all is as by default, else nowhere. */
  readonly out: string | undefined;
  /** Whether the figures are those that the documentation shows. */
  readonly isDefault: boolean;
}

const parse = (args: readonly string[]) => {
  try {
    return parseArgs({
      args: [...args],
      options: {
        hours: { type: 'string', default: '1' },
        agents: { type: 'string', default: '2000' },
        seed: { type: 'string', default: '1' },
        scenario: { type: 'string', multiple: true, default: [] as string[] },
        json: { type: 'boolean', default: false },
        out: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError((error as Error).message.split('. ')[0], { cause: error });
  }
};

const numberIn = (name: string, text: string, least: number, most: number, isWhole: boolean): number => {
  const value = Number(text);
  const isRight = text.trim() !== '' && value >= least && value <= most && (!isWhole || Number.isInteger(value));
  if (!isRight)
    throw new UsageError(`--${name} must be ${isWhole ? 'a whole number' : 'a number'} in ${least}–${most}`);
  return value;
};

const scenarioOf = (name: string): Scenario => {
  const scenario = SCENARIOS.find((one) => one.name === name);
  if (scenario === undefined)
    throw new UsageError(`there is no scenario ${name}; npm run simulate -- --help lists them`);
  return scenario;
};

/** Reads the command line; undefined if it asks for help. @throws UsageError */
export const readOptions = (args: readonly string[]): SimulationOptions | undefined => {
  const values = parse(args);
  if (values.help) return undefined;
  const extent = {
    hours: numberIn('hours', values.hours, 0.1, 24, false),
    agents: numberIn('agents', values.agents, 10 * TENANTS, 20_000, true),
    seed: numberIn('seed', values.seed, 0, 1_000_000, true),
  };
  const { hours, agents, seed } = extent;
  return {
    ...extent,
    scenarios: values.scenario.length === 0 ? SCENARIOS : values.scenario.map(scenarioOf),
    json: values.json,
    out: values.out,
    isDefault: values.scenario.length === 0 && hours === 1 && agents === 2_000 && seed === 1,
  };
};
