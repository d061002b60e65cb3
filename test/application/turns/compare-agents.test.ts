import { describe, expect, it } from 'vitest';
import type { RoutableAgent } from '../../../functions/application/agent-ports.ts';
import { makeCompareAgents } from '../../../functions/application/turns/compare-agents.ts';
import { profileName } from '../../../functions/domain/routing/scoring/profile-name.ts';
import { agentDefinition, NOON_MS, patience, routableAgent } from '../../twins/samples.ts';
import { silentLog } from '../../twins/silent-log.ts';

/** One of two debuggers, whose likeness therefore matters. */
const agent = (agentId: string, mark: string): RoutableAgent => {
  const { definition, ...rest } = routableAgent(agentDefinition(agentId, 'debugger'));
  return { ...rest, definition: { ...definition, profile: profileName(7, mark) } };
};

const rig = () => {
  const stored = new Map<string, string>();
  const asked: string[][] = [];
  const prepared: string[][] = [];
  const time = { nowMs: NOON_MS };
  const faults = { isDown: false };
  const compareAgents = makeCompareAgents({
    profiles: {
      read: async (agents) => {
        const names = agents.map(({ definition }) => definition.profile ?? '');
        asked.push(agents.map(({ definition }) => definition.agentId));
        if (faults.isDown) throw new Error('down');
        return new Map(names.flatMap((name) => (stored.has(name) ? [[name, stored.get(name) ?? '']] : [])));
      },
    },
    compareProfiles: (profiles) => {
      prepared.push([...profiles.values()]);
      return (message) => (agentId) => (profiles.get(agentId) === message ? 1 : 0);
    },
    clock: () => time.nowMs,
    log: silentLog,
  });
  const put = (mark: string) => void stored.set(profileName(7, mark), mark);
  return {
    put,
    asked,
    prepared,
    time,
    faults,
    compare: (agents: readonly RoutableAgent[]) => compareAgents(agents, patience()),
  };
};

const PAIR = [agent('a', '1'), agent('b', '2')];

describe('comparing agents', () => {
  it('reads their profiles once and prepares once, as long as they stay', async () => {
    const { put, asked, prepared, compare } = rig();
    for (const mark of ['1', '2', '3']) put(mark);
    for (let turn = 0; turn < 3; turn += 1) expect((await compare(PAIR))('1')('a')).toBe(1);
    expect([asked, prepared]).toEqual([[['a', 'b']], [['1', '2']]]);
    expect((await compare([...PAIR.slice(0, 1), agent('b', '3')]))('3')('b')).toBe(1);
    expect([asked[1], prepared[1]]).toEqual([['b'], ['1', '3']]);
  });

  it('asks the store nothing where nobody’s likeness matters', async () => {
    const { asked, compare } = rig();
    expect((await compare(PAIR.slice(0, 1)))('1')('a')).toBeUndefined();
    expect(asked).toEqual([]);
  });

  it('survives a profile that is not there yet: it is asked for again a second later', async () => {
    const { put, asked, time, compare } = rig();
    put('1');
    await compare(PAIR);
    put('2');
    expect((await compare(PAIR))('2')('b')).toBe(0);
    time.nowMs += 1_000;
    expect((await compare(PAIR))('2')('b')).toBe(1);
    expect(asked).toEqual([['a', 'b'], ['b']]);
  });

  it('survives a store that is down: it compares by what it knows', async () => {
    const { put, time, faults, compare } = rig();
    put('1');
    put('2');
    faults.isDown = true;
    expect((await compare(PAIR))('1')('a')).toBe(0);
    time.nowMs += 1_000;
    faults.isDown = false;
    expect((await compare(PAIR))('1')('a')).toBe(1);
  });
});
