import { LABELS } from '../encoder/router-input.ts';
import type { RoutableAgent } from '../routing-input.ts';
import { hasProfile } from './profile-name.ts';

/**
 * The agents with profiles among which likeness can make a difference; nobody where each agent is the only one of a role
 * that the model judges, as the agents that come with Switchboard are. A message that one of a role of its own could claim
 * is compared with all: what is more like another agent is not its.
 */
export const comparedAgents = <T extends Pick<RoutableAgent, 'definition'>>(agents: readonly T[]): readonly T[] => {
  const described = agents.filter(
    ({ definition: { agentType, profile } }) =>
      agentType !== 'supervisor' && profile !== undefined && hasProfile(profile),
  );
  if (described.some(({ definition }) => !LABELS.includes(definition.agentType))) return described;
  const counts = new Map<string, number>();
  for (const { definition } of agents) counts.set(definition.agentType, (counts.get(definition.agentType) ?? 0) + 1);
  return described.filter(({ definition }) => (counts.get(definition.agentType) ?? 0) > 1);
};
