import * as z from 'zod';
import type { AgentStore } from '../../application/agent-ports.ts';
import { makeProbeRegisteredAgent } from '../../application/health/probe-registered-agent.ts';
import { makeChangeAgent } from '../../application/registry/change-agent.ts';
import { type DeregisterAgentDependencies, makeDeregisterAgent } from '../../application/registry/deregister-agent.ts';
import { makeRegisterAgents, type RegisterAgentsDependencies } from '../../application/registry/register-agents.ts';
import { AgentPatch, AgentRegistration, AgentReplacement, DeregisterReply } from '../../domain/contract/agent.ts';
import { ChangeQuery, OneAgentQuery, RegisterQuery } from '../../domain/contract/agent-routes.ts';
import { ProbeReply } from '../../domain/contract/agent-status.ts';
import { parseInput } from '../../domain/contract/parse-input.ts';
import { agentNameOf, agentReply, bulkReply, entriesOf } from './agent-replies.ts';
import type { Operations } from './dispatch.ts';
import { jsonReply } from './http-reply.ts';
import { basePath, bodyOf, ifMatchOf, jsonOf, type ProxyEvent, queryOf } from './http-request.ts';

export interface RegistrationDependencies extends RegisterAgentsDependencies, DeregisterAgentDependencies {
  readonly agents: Pick<AgentStore, 'get' | 'ofOwner' | 'put' | 'drain' | 'recordState'>;
}

const changeOf = (event: ProxyEvent) => {
  const query = queryOf(event, ChangeQuery);
  const options = { condition: ifMatchOf(event), skipProbe: query.skip_probe === 'true' };
  return [agentNameOf(event, query), options] as const;
};

const nameOf = (event: ProxyEvent) => agentNameOf(event, queryOf(event, OneAgentQuery));

/** What answers the routes that register agents, change them, check them and take them away. */
export const registrationOperations = (deps: RegistrationDependencies): Operations['guarded'] => {
  const register = makeRegisterAgents(deps);
  const change = makeChangeAgent(deps);
  const deregister = makeDeregisterAgent(deps);
  const probe = makeProbeRegisteredAgent(deps);
  return {
    registerAgents: async (principal, event) => {
      const options = { skipProbe: queryOf(event, RegisterQuery).skip_probe === 'true' };
      const body = jsonOf(event);
      if (Array.isArray(body)) {
        const results = await register.many(principal, entriesOf(body), options);
        return bulkReply(principal, body, results, event.requestContext.requestId);
      }
      const agent = await register.one(principal, parseInput(AgentRegistration, body), options);
      const location = `${basePath(event)}/v1/agents/${agent.definition.agentId}`;
      return agentReply(201, principal, agent, { location });
    },
    replaceAgent: async (principal, event) => {
      const [name, options] = changeOf(event);
      const agent = await change.replace(principal, name, bodyOf(event, AgentReplacement), options);
      return agentReply(200, principal, agent);
    },
    changeAgent: async (principal, event) => {
      const [name, options] = changeOf(event);
      const agent = await change.patch(principal, name, bodyOf(event, AgentPatch), options);
      return agentReply(200, principal, agent);
    },
    deregisterAgent: async (principal, event) =>
      jsonReply(202, z.encode(DeregisterReply, await deregister(principal, nameOf(event), ifMatchOf(event)))),
    probeAgent: async (principal, event) => jsonReply(200, z.encode(ProbeReply, await probe(principal, nameOf(event)))),
  };
};
