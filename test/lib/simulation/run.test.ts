import { describe, expect, it } from 'vitest';
import { conditionsOf } from '../../../lib/simulation/conditions.ts';
import type { SimulatedAgent } from '../../../lib/simulation/fleet.ts';
import { type Choose, POLICIES } from '../../../lib/simulation/policies.ts';
import { simulate } from '../../../lib/simulation/run.ts';
import { phasesOf, SCENARIOS, type Scenario } from '../../../lib/simulation/scenarios.ts';
import { makeTally } from '../../../lib/simulation/tally.ts';
import type { SimulatedTurn } from '../../../lib/simulation/traffic.ts';
import type { World } from '../../../lib/simulation/world.ts';
import { agentWith, turnAt } from './simulation-rig.ts';

const MINUTE_MS = 60_000;
const [steady] = SCENARIOS;

/** An hour of a handful of turns: measured from minute 10, trouble from minute 20 to 30. */
const worldOf = (
  fleet: readonly SimulatedAgent[],
  traffic: readonly SimulatedTurn[],
  changes: Partial<Scenario> = {},
): World => {
  if (steady === undefined) throw new Error('there is no scenario');
  const scenario = { ...steady, ...changes };
  const phases = phasesOf(1);
  return { scenario, phases, conditions: conditionsOf(scenario, phases), roles: ['debugger'], fleet, traffic };
};

const first: Choose = ({ peers }) => peers[0];

const run = (world: World, choose: Choose = first) => {
  const tally = makeTally(world);
  simulate(world, choose, tally);
  return tally.figures();
};

const at = (minute: number, seconds = 0) => minute * MINUTE_MS + seconds * 1_000;

describe('a simulated run', () => {
  it('lets turns wait for their agent’s place, and measures from message to answer', () => {
    const traffic = [turnAt(at(12)), turnAt(at(12, 4))];
    expect(run(worldOf([agentWith('a')], traffic))).toMatchObject({ turns: 2, meanS: 13, p99S: 16, waitP99S: 6 });
    expect(run(worldOf([agentWith('a', { capacity: 2 })], traffic))).toMatchObject({ meanS: 10, waitP99S: 0 });
  });

  it('measures nothing while traffic runs in', () => {
    expect(run(worldOf([agentWith('a')], [turnAt(at(9)), turnAt(at(12))])).turns).toBe(1);
  });

  it('gives up after the deadline, also on who still waits; what waits no more is not worked at', () => {
    const slow = agentWith('a', { typicalMs: 70_000 });
    const traffic = [turnAt(at(12)), turnAt(at(12, 1)), turnAt(at(13, 15))];
    const figures = run(worldOf([slow], traffic));
    expect(figures).toMatchObject({ turns: 3, errors: 1, p50S: 60, p99S: 60 });
    expect(figures.waitP99S).toBe(60);
  });

  it('has agents fail, slow down and hang while something ails them, and not before or after', () => {
    const traffic = [at(15), at(25), at(35)].map((atMs) => turnAt(atMs, { misfortune: 0.4 }));
    const ailing = (trouble: object) =>
      run(worldOf([agentWith('a')], traffic, { troubles: [{ agents: [0, 1], ...trouble }] }));
    expect(ailing({ failures: 0.3 }).errors).toBe(0);
    expect(ailing({ failures: 0.5 }).errors).toBeCloseTo(1 / 3, 3);
    expect(ailing({ slowdown: 3 })).toMatchObject({ errors: 0, p99S: 30, p50S: 10 });
    expect(ailing({ isDead: true })).toMatchObject({ p99S: 60, p50S: 10 });
    expect(ailing({ isDead: true }).errors).toBeCloseTo(1 / 3, 3);
  });

  it('opens the circuit of an agent that keeps failing, and closes it when a probe works', () => {
    const random = POLICIES.find(({ name }) => name === 'random')?.make();
    if (random === undefined) throw new Error('there is no such policy');
    const traffic = Array.from({ length: 900 }, (_, index) => turnAt(at(20, 10 + index), { conversation: index }));
    const troubles = [{ agents: [0, 1], failures: 1, failsAfterMs: 1 }] as const;
    const figures = run(worldOf([agentWith('a', { capacity: 100 })], traffic, { troubles }), random);
    // 590 s of trouble: ten failures before the circuit opens, and one a probe; most find nobody.
    expect(figures.errors * 900).toBeGreaterThan(590);
    // Probed every four minutes by then.
    expect(figures.usedAgainS).toBeLessThan(4 * 60 + 10);
    expect(figures.usedAgainS).toBeGreaterThan(0);
  });

  it('shows new agents to routers from when they are registered', () => {
    const fleet = [agentWith('new', { place: 0 }), agentWith('old')];
    const traffic = [at(15), at(25)].map((atMs) => turnAt(atMs));
    const seen: string[][] = [];
    const figures = run(worldOf(fleet, traffic, { newcomers: 0.1 }), ({ peers }) => {
      seen.push(peers.map(({ definition }) => definition.agentId));
      return peers[0];
    });
    expect(seen).toEqual([['old'], ['new', 'old']]);
    expect(figures.usedAgainS).toBe(5 * 60);
  });

  it('tells each instance of its own calls alone; one that has one turn at a time never has others', () => {
    const traffic = [0, 1, 2].map((second) => turnAt(at(12, second), { instance: second === 1 ? 0.99 : 0 }));
    const open: number[] = [];
    const watch: Choose = ({ peers, inFlight }) => {
      open.push(...peers.map(inFlight));
      return peers[0];
    };
    run(worldOf([agentWith('a')], traffic), watch);
    run(worldOf([agentWith('a')], traffic, { oneTurnAnInstance: true }), watch);
    expect(open).toEqual([0, 0, 1, 0, 0, 0]);
  });

  it('shows all routers the same numbers, of complete minutes, once a minute', () => {
    const traffic = [at(12), at(12, 50), at(13, 20), at(13, 40)].map((atMs) => turnAt(atMs));
    const seen: (number | null)[] = [];
    run(worldOf([agentWith('a', { capacity: 9 })], traffic), ({ peers }) => {
      seen.push(...peers.map(({ p50Ms }) => p50Ms));
      return peers[0];
    });
    expect(seen.slice(0, 3)).toEqual([null, null, null]);
    // At most a quarter more than the ten seconds that it was.
    expect(seen[3]).toBeGreaterThanOrEqual(10_000);
    expect(seen[3]).toBeLessThanOrEqual(12_500);
  });
});
