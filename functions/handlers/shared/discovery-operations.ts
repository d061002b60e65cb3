import * as z from 'zod';
import { makeReadAgents, type ReadAgentsDependencies } from '../../application/registry/read-agents.ts';
import { AgentList } from '../../domain/contract/agent.ts';
import { AgentQuery, OneAgentQuery } from '../../domain/contract/agent-routes.ts';
import { StatusReply } from '../../domain/contract/agent-status.ts';
import { agentNameOf, agentReply } from './agent-replies.ts';
import type { Operations } from './dispatch.ts';
import { jsonReply } from './http-reply.ts';
import { queryOf } from './http-request.ts';

/** What answers the routes that show agents. */
export const discoveryOperations = (deps: ReadAgentsDependencies): Operations['guarded'] => {
  const agents = makeReadAgents(deps);
  return {
    listAgents: async (principal, event) =>
      jsonReply(200, z.encode(AgentList, await agents.list(principal, queryOf(event, AgentQuery)))),
    getStatus: async (principal) => jsonReply(200, z.encode(StatusReply, await agents.status(principal))),
    getAgent: async (principal, event) =>
      agentReply(200, principal, await agents.get(principal, agentNameOf(event, queryOf(event, OneAgentQuery)))),
  };
};
