import { MAX_AGENTS } from '../contract/agent.ts';
import { Failure } from '../contract/failures.ts';
import type { OwnedAgent } from './visible-agents.ts';

/**
 * One more agent than its owner may have; those that drain count, until they are gone. Registrations at the same time
 * do not see each other: they can exceed the limit together.
 *
 * @param onRecord agents on record; one of the same id is replaced
 * @throws Failure INVALID_REQUEST
 */
export const checkAgentLimit = ({ owner, definition }: OwnedAgent, onRecord: readonly OwnedAgent[]): void => {
  const others = new Set(onRecord.filter((agent) => agent.owner === owner).map((agent) => agent.definition.agentId));
  others.delete(definition.agentId);
  if (others.size < MAX_AGENTS) return;
  const whose = owner === 'global' ? 'Global agents are' : 'The agents of this tenant are';
  throw new Failure('INVALID_REQUEST', `${whose} as many as there may be, ${MAX_AGENTS}: deregister one first.`);
};
