import * as z from 'zod';
import type { RegisteredAgent } from '../../application/agent-ports.ts';
import type { Principal } from '../../application/ports.ts';
import { agentViewOf } from '../../application/registry/agent-view.ts';
import type { Entry } from '../../application/registry/register-agents.ts';
import { AgentRegistration, AgentView, BulkReply, MAX_BULK } from '../../domain/contract/agent.ts';
import type { OneAgentQuery } from '../../domain/contract/agent-routes.ts';
import { Failure } from '../../domain/contract/failures.ts';
import { AgentId } from '../../domain/contract/ids.ts';
import { parseInput } from '../../domain/contract/parse-input.ts';
import { etagOf } from '../../domain/registry/version-condition.ts';
import { type HttpReply, jsonReply, problemOf } from './http-reply.ts';
import { idOf, type ProxyEvent } from './http-request.ts';

/** Which agent a request's path and query name. @throws Failure AGENT_NOT_FOUND for what no agent's id can be */
export const agentNameOf = (event: ProxyEvent, { visibility }: z.output<typeof OneAgentQuery>) => ({
  agentId: idOf(event, 'agent_id', AgentId, 'AGENT_NOT_FOUND'),
  visibility,
});

/** An agent as a principal sees it, with its entity tag. */
export const agentReply = (
  status: 200 | 201,
  principal: Principal,
  agent: RegisteredAgent,
  headers: Record<string, string> = {},
): HttpReply =>
  jsonReply(status, z.encode(AgentView, agentViewOf(principal, agent)), { etag: etagOf(agent), ...headers });

/**
 * What a list of agents holds; one that is none does not spoil the others.
 * @throws Failure INVALID_REQUEST for a list that is empty or too long
 */
export const entriesOf = (list: readonly unknown[]): readonly Entry[] => {
  if (list.length === 0 || list.length > MAX_BULK)
    throw new Failure('INVALID_REQUEST', `A list holds 1 to ${MAX_BULK} agents.`);
  return list.map((element) => {
    try {
      return parseInput(AgentRegistration, element);
    } catch (fault) {
      if (fault instanceof Failure) return fault;
      throw fault;
    }
  });
};

const sentId = (element: unknown): string | null => {
  const id = typeof element === 'object' && element !== null && 'agent_id' in element ? element.agent_id : null;
  return typeof id === 'string' ? id : null;
};

/** How each agent of a list fared. */
export const bulkReply = (
  principal: Principal,
  list: readonly unknown[],
  results: readonly PromiseSettledResult<RegisteredAgent>[],
  requestId: string,
): HttpReply => {
  const replies = results.map((result, index): BulkReply['results'][number] => {
    const agentId = sentId(list[index]);
    if (result.status === 'fulfilled') return { agentId, status: 201, agent: agentViewOf(principal, result.value) };
    const problem = problemOf(result.reason, requestId);
    return { agentId, status: problem.status, problem };
  });
  return jsonReply(200, z.encode(BulkReply, { results: replies }));
};
