import { describe, expect, it } from 'vitest';
import { makeRenewProfiles } from '../../../functions/application/health/renew-profiles.ts';
import { profileName } from '../../../functions/domain/routing/scoring/profile-name.ts';
import { makeMemoryAgentStore } from '../../twins/agent-store.ts';
import { agentDefinition, NOON_MS, patience, registeredAgent } from '../../twins/samples.ts';
import { silentLog } from '../../twins/silent-log.ts';

const RUN_MS = 49_000;
const VERSION = 7;
const agents = ['old', 'new', 'none'].map((id) => registeredAgent(agentDefinition(id, 'debugger')));
const PROFILES: Readonly<Record<string, string>> = { old: profileName(6, 'x'), new: profileName(VERSION, 'x') };

const rig = (nowMs = NOON_MS, present = agents) => {
  const store = makeMemoryAgentStore(present);
  const renew = makeRenewProfiles({
    agents: store,
    profiles: { version: () => VERSION },
    clock: () => nowMs,
    log: silentLog,
  });
  const all = async () =>
    (await store.all(patience())).map(({ card, ...agent }) => {
      const profile = PROFILES[card.agentId];
      return { ...agent, card: { ...card, ...(profile === undefined ? {} : { profile }) } };
    });
  const versions = async () =>
    Object.fromEntries((await store.all(patience())).map(({ card, version }) => [card.agentId, version]));
  return { store, renew, all, versions };
};

describe('renewing profiles', () => {
  it('puts agents anew whose profile another version made, or none, and leaves the rest', async () => {
    const { renew, all, versions } = rig();
    expect(await renew(await all(), NOON_MS + RUN_MS)).toBe(2);
    expect(await versions()).toEqual({ old: 2, new: 1, none: 2 });
  });

  it('leaves alone who drains, and who was changed meanwhile', async () => {
    const draining = agents.map((agent) => ({ ...agent, drainingUntilMs: NOON_MS }));
    const one = rig(NOON_MS, draining);
    expect(await one.renew(await one.all(), NOON_MS + RUN_MS)).toBe(0);
    const other = rig();
    const seen = await other.all();
    for (const { owner, definition } of agents) await other.store.put(owner, definition, undefined, 1, patience());
    expect(await other.renew(seen, NOON_MS + RUN_MS)).toBe(0);
  });

  it('stops when the run has no more time', async () => {
    const { renew, all } = rig();
    expect(await renew(await all(), NOON_MS + 1_000)).toBe(0);
  });

  it('survives a model that cannot be read, and a store that is down', async () => {
    const { store, all } = rig();
    const deps = { agents: store, clock: () => NOON_MS, log: silentLog };
    const unreadable = () => {
      throw new Error('no model');
    };
    expect(await makeRenewProfiles({ ...deps, profiles: { version: unreadable } })(await all(), NOON_MS + RUN_MS)).toBe(
      0,
    );
    const down = { get: store.get, put: async () => Promise.reject(new Error('down')) };
    const renew = makeRenewProfiles({ ...deps, agents: down, profiles: { version: () => VERSION } });
    expect(await renew(await all(), NOON_MS + RUN_MS)).toBe(0);
  });
});
