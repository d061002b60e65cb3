import * as z from 'zod';
import {
  AgentList,
  AgentPatch,
  AgentRegistrations,
  AgentReplacement,
  AgentView,
  BulkReply,
  DeregisterReply,
  Health,
  Visibility,
} from './agent.ts';
import { ProbeReply, StatusReply } from './agent-status.ts';
import { Paging } from './paging.ts';
import { Role } from './roles.ts';
import { BODY, type Route } from './route.ts';

/** Which agents of a list: those that meet every condition. */
export const AgentQuery = Paging.extend({
  agent_type: Role.optional(),
  capability: z.string().min(1).max(64).optional(),
  specialization: z.string().min(1).max(64).optional(),
  tag: z.string().min(1).max(64).optional(),
  health: Health.optional(),
});
export type AgentQuery = z.output<typeof AgentQuery>;

const flag = z.enum(['true', 'false']).default('false');

/** Whether an agent is registered unchecked; its health is then `unknown`. */
export const RegisterQuery = z.strictObject({ skip_probe: flag });

/** Which agent of that id. @default - the tenant's own; to see one, the global one if it has none */
export const OneAgentQuery = z.strictObject({ visibility: Visibility.optional() });
export const ChangeQuery = OneAgentQuery.extend({ skip_probe: flag });

/** Which agent a request changes. */
const OWN_OR_GLOBAL = "the tenant's own agent (or the global one, with visibility=global and the scope platform)";

export const AGENT_ROUTES: readonly Route[] = [
  {
    method: 'get',
    answeredBy: 'api',
    path: '/v1/agents',
    operationId: 'listAgents',
    summary: 'The agents that the caller may use, by id.',
    scope: 'agents:read',
    query: AgentQuery,
    replies: { 200: AgentList },
    failures: ['STORE_UNAVAILABLE'],
  },
  {
    method: 'get',
    answeredBy: 'api',
    path: '/v1/agents/status',
    operationId: 'getStatus',
    summary: 'Health, performance and load of every agent.',
    scope: 'agents:read',
    replies: { 200: StatusReply },
    failures: ['STORE_UNAVAILABLE'],
  },
  {
    method: 'get',
    answeredBy: 'api',
    path: '/v1/agents/{agent_id}',
    operationId: 'getAgent',
    summary: "One agent: the tenant's own, or the global one if it has none or visibility=global is said.",
    scope: 'agents:read',
    query: OneAgentQuery,
    replies: { 200: AgentView },
    failures: ['AGENT_NOT_FOUND', 'STORE_UNAVAILABLE'],
  },
  {
    method: 'post',
    answeredBy: 'registration',
    path: '/v1/agents',
    operationId: 'registerAgents',
    summary:
      'Register an agent, checked before it is accepted; or a list, with a result each. A global agent and a Lambda ' +
      'function take the scope platform, too.',
    scope: 'agents:write',
    request: AgentRegistrations,
    query: RegisterQuery,
    replies: { 200: BulkReply, 201: AgentView },
    failures: [...BODY, 'AGENT_EXISTS', 'STORE_UNAVAILABLE'],
  },
  {
    method: 'put',
    answeredBy: 'registration',
    path: '/v1/agents/{agent_id}',
    operationId: 'replaceAgent',
    summary: `Replace the definition of ${OWN_OR_GLOBAL}.`,
    scope: 'agents:write',
    request: AgentReplacement,
    query: ChangeQuery,
    ifMatch: 'required',
    replies: { 200: AgentView },
    failures: [...BODY, 'AGENT_NOT_FOUND', 'VERSION_REQUIRED', 'VERSION_STALE', 'STORE_UNAVAILABLE'],
  },
  {
    method: 'patch',
    answeredBy: 'registration',
    path: '/v1/agents/{agent_id}',
    operationId: 'changeAgent',
    summary: `Change fields of ${OWN_OR_GLOBAL}, by JSON merge patch.`,
    scope: 'agents:write',
    request: AgentPatch,
    query: ChangeQuery,
    ifMatch: 'required',
    replies: { 200: AgentView },
    failures: [...BODY, 'AGENT_NOT_FOUND', 'VERSION_REQUIRED', 'VERSION_STALE', 'STORE_UNAVAILABLE'],
  },
  {
    method: 'delete',
    answeredBy: 'registration',
    path: '/v1/agents/{agent_id}',
    operationId: 'deregisterAgent',
    summary: `Give ${OWN_OR_GLOBAL} no new turns, let those at work finish, then remove it.`,
    scope: 'agents:write',
    query: OneAgentQuery,
    ifMatch: 'optional',
    replies: { 202: DeregisterReply },
    failures: ['AGENT_NOT_FOUND', 'VERSION_STALE', 'STORE_UNAVAILABLE'],
  },
  {
    method: 'post',
    answeredBy: 'registration',
    path: '/v1/agents/{agent_id}/probe',
    operationId: 'probeAgent',
    summary: `Check the health of ${OWN_OR_GLOBAL} now; the result counts like one of the monitor's.`,
    scope: 'agents:write',
    query: OneAgentQuery,
    replies: { 200: ProbeReply },
    failures: ['AGENT_NOT_FOUND', 'STORE_UNAVAILABLE'],
  },
];
