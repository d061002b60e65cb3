import { Failure } from '../../domain/contract/failures.ts';
import type { AgentId } from '../../domain/contract/ids.ts';
import type { MessageRequest } from '../../domain/contract/message.ts';
import { invalidFields } from '../../domain/contract/parse-input.ts';
import { clearlyAnotherRole } from '../../domain/routing/pinned-role.ts';
import { ANSWERING_ROLES } from '../../domain/routing/scoring/gates.ts';
import type { RoutableAgent } from '../agent-ports.ts';
import type { RoutingDependencies } from './decide-route.ts';

/** @throws Failure AGENT_NOT_FOUND when the tenant has no such agent */
export const findPinned = (
  agents: readonly RoutableAgent[],
  pinned: AgentId | undefined,
): RoutableAgent['definition'] | undefined => {
  if (pinned === undefined) return undefined;
  const found = agents.find(({ definition }) => definition.agentId === pinned);
  if (found === undefined) throw new Failure('AGENT_NOT_FOUND', `There is no agent ${pinned}.`);
  return found.definition;
};

/** Refuses a pin by which an agent would get a task outside its role. @throws Failure AGENT_NOT_FOUND, INVALID_REQUEST */
export const checkPin = (
  agents: readonly RoutableAgent[],
  { agentId, message, attachments = [] }: Pick<MessageRequest, 'agentId' | 'message' | 'attachments'>,
  { readIntent, routingPolicy }: Pick<RoutingDependencies, 'readIntent' | 'routingPolicy'>,
): void => {
  const pinned = findPinned(agents, agentId);
  if (pinned === undefined) return;
  const refuse = (why: string) =>
    invalidFields([{ path: 'agent_id', message: `${pinned.agentId} has the role ${pinned.agentType}, ${why}` }]);
  if (!ANSWERING_ROLES.has(pinned.agentType)) throw refuse('which does not answer users');
  const asked = clearlyAnotherRole(readIntent({ message, attachments }), pinned.agentType, routingPolicy);
  if (asked !== undefined)
    throw refuse(`and the message asks for the role ${asked}; without agent_id, routing finds an agent of that role`);
};
