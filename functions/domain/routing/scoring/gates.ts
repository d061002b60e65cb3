import type { Candidate } from '../../contract/decision.ts';
import { ROLES } from '../../contract/roles.ts';
import type { RoutableAgent, RoutingInput } from '../routing-input.ts';
import type { Ground } from './ground.ts';

/** Roles of this deployment whose agents answer users. A supervisor chooses; it never answers a user itself. */
export const ANSWERING_ROLES: ReadonlySet<string> = new Set(Object.keys(ROLES).filter((role) => role !== 'supervisor'));

/** Why an agent may not have the message, whatever its score; undefined if it may. */
export const gateAgainst = (
  { definition, health }: RoutableAgent,
  { tried, paused, refused }: RoutingInput,
  { roles, only, among, capability }: Pick<Ground, 'roles' | 'only' | 'among' | 'capability'>,
): Candidate['rejected'] => {
  const { agentId, agentType, capabilities } = definition;
  if (tried?.has(agentId)) return 'already_tried';
  if (only !== undefined && agentId !== only) return 'not_pinned';
  if (among?.has(agentId) === false) return 'not_sub_agent';
  if (!roles.has(agentType)) return 'wrong_role';
  if (capability !== undefined && !capabilities.includes(capability)) return 'lacks_capability';
  if (paused?.has(agentId)) return 'paused';
  if (health === 'unhealthy') return 'unhealthy';
  if (refused?.has(agentId)) return 'circuit_open';
  return undefined;
};
