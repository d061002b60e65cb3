import { describe, expect, it } from 'vitest';
import { cardOf } from '../../functions/domain/contract/agent.ts';
import { UNCHECKED } from '../../functions/domain/health/health.ts';
import { bucketOf, upperMs } from '../../functions/domain/health/latency.ts';
import { agentDefinition, agentState, freshTenant, NOON_MS, patience } from '../twins/samples.ts';
import {
  type AgentStoreUnderTest,
  BUSY,
  counted,
  definition,
  makeAgentStoreRig,
  NOON_MINUTE,
} from './agent-store-rig.ts';

/** What every agent store knows of how agents do, and what routers see of it. */
export const describeAgentStates = (name: string, underTest: AgentStoreUnderTest): void => {
  const { store } = underTest;
  const { registered, stored, monitored, routed } = makeAgentStoreRig(underTest);

  describe(`${name}: the state of an agent`, () => {
    it('is overwritten as a whole', async () => {
      const owner = await registered();
      for (const state of [BUSY, UNCHECKED, agentState()]) {
        expect(await store().recordState(owner, 'helper', 1, state, patience())).toBe(true);
        expect(await stored(owner)).toMatchObject({ version: 1, definition, state });
        expect(await monitored(owner)).toMatchObject([{ state }]);
      }
    });

    it('does not bring an agent back that is not there', async () => {
      const owner = freshTenant();
      expect(await store().recordState(owner, 'helper', 1, agentState(), patience())).toBe(false);
      expect(await stored(owner)).toBeUndefined();
      expect(await store().ofOwner(owner, patience())).toEqual([]);
      expect(await monitored(owner)).toEqual([]);
      expect(await store().put(owner, definition, UNCHECKED, 0, patience())).toBe(1);
    });
  });

  describe(`${name}: the state of an agent whose definition was put anew`, () => {
    it.each([
      ['with another state', agentState({ health: 'healthy', checks: 9 })],
      ['without one', undefined],
    ])('is not overwritten by a check of the former one, %s', async (_, state) => {
      const owner = await registered(BUSY);
      await store().put(owner, definition, state, 1, patience());
      const sick = agentState({ health: 'unhealthy' });
      expect(await store().recordState(owner, 'helper', 1, sick, patience())).toBe(false);
      expect(await stored(owner)).toMatchObject({ version: 2, state: state ?? BUSY });
      expect(await store().recordState(owner, 'helper', 2, sick, patience())).toBe(true);
      expect(await stored(owner)).toMatchObject({ version: 2, state: sick });
    });

    it('is recorded of one that took the place of a removed one, whatever version that had', async () => {
      const owner = await registered(BUSY);
      for (const version of [1, 2, 3]) await store().put(owner, definition, undefined, version, patience());
      await store().drain(owner, 'helper', 4, NOON_MS, patience());
      expect(await store().remove(owner, 'helper', 5, patience())).toBe(true);
      expect(await store().put(owner, definition, UNCHECKED, 0, patience())).toBe(1);
      expect(await stored(owner)).toMatchObject({ version: 1, state: UNCHECKED });
      expect(await store().recordState(owner, 'helper', 1, agentState(), patience())).toBe(true);
      expect(await stored(owner)).toMatchObject({ state: agentState() });
    });
  });

  describe(`${name}: what routers see`, () => {
    it('is what was put, at once', async () => {
      const owner = await registered(BUSY);
      const figures = { health: 'degraded', p50Ms: Math.round(upperMs(bucketOf(900))), errorRate: 0.4 };
      expect(await routed(owner)).toEqual([{ owner, version: 1, definition: cardOf(definition), ...figures }]);
      await store().put(owner, { ...definition, specializations: ['rust'] }, UNCHECKED, 1, patience());
      expect(await routed(owner)).toMatchObject([
        { version: 2, health: 'unknown', p50Ms: null, errorRate: null, definition: { specializations: ['rust'] } },
      ]);
    });

    it('follows the health that is published', async () => {
      const owner = await registered();
      const agents = await monitored(owner);
      const sick = agents.map((agent) => ({ ...agent, state: agentState({ health: 'unhealthy' }) }));
      await store().publish(owner, sick, patience());
      expect(await routed(owner)).toMatchObject([{ health: 'unhealthy', version: 1 }]);
    });

    it('gets figures of performance', async () => {
      const owner = await registered();
      const busy = (await monitored(owner)).map((agent) => ({
        ...agent,
        state: agentState({ minutes: [counted(NOON_MINUTE - 1, [100, 100], 1)] }),
      }));
      await store().publish(owner, busy, patience());
      expect(await routed(owner)).toMatchObject([{ errorRate: 0.5, p50Ms: expect.any(Number) }]);
    });

    it('survives a publication that is behind: no agent vanishes, none gets older or comes back', async () => {
      const owner = await registered();
      const before = await monitored(owner);
      await store().put(owner, { ...definition, specializations: ['rust'] }, agentState(), 1, patience());
      await store().put(owner, agentDefinition('newcomer', 'debugger'), agentState(), 0, patience());
      await store().publish(owner, before, patience());
      await store().publish(owner, [], patience());
      const versions = (await routed(owner)).map((agent) => [agent.definition.agentId, agent.version]);
      expect(versions.sort()).toEqual([
        ['helper', 2],
        ['newcomer', 1],
      ]);
      await store().drain(owner, 'helper', 2, NOON_MS, patience());
      await store().publish(owner, before, patience());
      expect((await routed(owner)).map((agent) => agent.definition.agentId)).toEqual(['newcomer']);
    });
  });
};
