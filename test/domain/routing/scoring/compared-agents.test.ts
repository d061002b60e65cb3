import { expect, it } from 'vitest';
import { comparedAgents } from '../../../../functions/domain/routing/scoring/compared-agents.ts';
import { hasProfile, isOfVersion, profileName } from '../../../../functions/domain/routing/scoring/profile-name.ts';
import { fiveAgents } from '../../../twins/samples.ts';
import { agentOf, inRole } from './scoring-rig.ts';

const PROFILE = profileName(7, 'mark');
const profiled = (agentId: string, profile: string | undefined = PROFILE) => {
  const agent = agentOf(agentId);
  return { ...agent, definition: { ...agent.definition, profile } };
};
const idsOf = (agents: Parameters<typeof comparedAgents>[0]) =>
  comparedAgents(agents).map(({ definition }) => definition.agentId);
const five = fiveAgents().map(({ definition, ...agent }) => ({
  ...agent,
  definition: { ...definition, profile: PROFILE },
}));

it('names the version that looked at an agent, and whether there was something to see', () => {
  expect([isOfVersion(PROFILE, 7), isOfVersion(PROFILE, 77), isOfVersion(undefined, 7)]).toEqual([true, false, false]);
  expect(isOfVersion(profileName(0x1f, 'x'), 0x1)).toBe(false);
  expect([hasProfile(PROFILE), hasProfile(profileName(7, undefined))]).toEqual([true, false]);
});

it('compares nobody where each role has one agent', () => {
  expect(idsOf(five)).toEqual([]);
});

it('compares those that share a role, if they have a profile', () => {
  const none = profiled('says-nothing', profileName(7, undefined));
  const old = profiled('older-than-profiles');
  const { profile: _, ...card } = old.definition;
  expect(idsOf([...five, profiled('b'), none, { ...old, definition: card }])).toEqual(['debugger', 'b']);
});

it('compares all with one whose role the model does not judge, but no supervisor', () => {
  const own = inRole(profiled('billing'), 'billing');
  const supervisor = inRole(profiled('boss'), 'supervisor');
  expect(idsOf([...five, own, supervisor])).toHaveLength(five.length + 1);
});
