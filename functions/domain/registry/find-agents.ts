import type { AgentDefinition, Health } from '../contract/agent.ts';
import type { AgentQuery } from '../contract/agent-routes.ts';
import { Failure } from '../contract/failures.ts';
import { AgentId } from '../contract/ids.ts';

/** What of an agent can be asked for. */
export interface FindableAgent {
  readonly definition: Pick<AgentDefinition, 'agentId' | 'agentType' | 'capabilities' | 'specializations' | 'tags'>;
  readonly state: { readonly health: Health };
}

const CURSOR = 'agents-after:';

/** @throws Failure INVALID_REQUEST if no page gave that cursor */
const lastIdOf = (cursor: string): string => {
  const id = cursor.startsWith(CURSOR) ? AgentId.safeParse(cursor.slice(CURSOR.length)).data : undefined;
  if (id === undefined) throw new Failure('INVALID_REQUEST', 'cursor is not one that a page of this list gave.');
  return id;
};

const folded = (text: string): string => text.normalize('NFKC').toLowerCase();

const names = (words: readonly string[], wanted: string | undefined): boolean =>
  wanted === undefined || words.some((word) => folded(word) === folded(wanted));

const meets = ({ definition, state }: FindableAgent, query: AgentQuery): boolean =>
  (query.agent_type === undefined || definition.agentType === query.agent_type) &&
  (query.health === undefined || state.health === query.health) &&
  names(definition.capabilities, query.capability) &&
  names(definition.specializations, query.specialization) &&
  names(definition.tags, query.tag);

/** In order of code units, the same everywhere. */
export const byId = (left: FindableAgent, right: FindableAgent): number =>
  left.definition.agentId < right.definition.agentId ? -1 : 1;

/**
 * A page of the agents that meet every condition of a query, by id. A page continues behind the last id of the one
 * before, whatever has come or gone since.
 *
 * @param agents no two with the same id
 * @throws Failure INVALID_REQUEST if no page gave the query's cursor
 */
export const findAgents = <T extends FindableAgent>(
  agents: Iterable<T>,
  query: AgentQuery,
): { readonly items: readonly T[]; readonly next?: string } => {
  const after = query.cursor === undefined ? '' : lastIdOf(query.cursor);
  const found = [...agents].filter((agent) => agent.definition.agentId > after && meets(agent, query)).sort(byId);
  const items = found.slice(0, query.limit);
  const last = items.at(-1);
  return found.length === items.length || last === undefined
    ? { items }
    : { items, next: `${CURSOR}${last.definition.agentId}` };
};
