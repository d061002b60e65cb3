import * as z from 'zod';
import {
  AgentList,
  AgentPatch,
  AgentRegistration,
  AgentRegistrations,
  AgentView,
  BulkReply,
  DeregisterReply,
  Health,
  ProbeReply,
  StatusReply,
  Visibility,
} from './agent.ts';
import { ConversationList, ConversationView, TurnView } from './conversation.ts';
import { Decision } from './decision.ts';
import type { FailureCode } from './failures.ts';
import { AnsweredReply, MessageRequest, PendingReply, RouteRequest } from './message.ts';
import { Role } from './roles.ts';

/** One route of the API: what the OpenAPI document is made of. */
export interface Route {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** Which function answers; the router's replies are streamed. */
  readonly answeredBy: 'router' | 'registration' | 'api';
  /** As in API Gateway: `{name}` for a parameter. */
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  /** Scope that a token needs; null for routes that need no token. */
  readonly scope: string | null;
  readonly request?: z.ZodType;
  /** Of its query string; a route without takes none. */
  readonly query?: z.ZodObject;
  /** Whether the request says in If-Match which version it is about; a route without takes no notice of it. */
  readonly ifMatch?: 'required' | 'optional';
  readonly replies: Readonly<Record<number, z.ZodType | null>>;
  /** Failures of this route beside those that every route has. */
  readonly failures: readonly FailureCode[];
}

/** Which page of a list. */
export const Paging = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  /** `next` of the page before. */
  cursor: z.string().min(1).max(1024).optional(),
});

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

const BODY: readonly FailureCode[] = ['MESSAGE_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'];

export const ROUTES: readonly Route[] = [
  {
    method: 'post',
    answeredBy: 'router',
    path: '/v1/agents/message',
    operationId: 'sendMessage',
    summary: 'Route a message to the agent that should answer it, and relay the answer.',
    scope: 'messages:write',
    request: MessageRequest,
    replies: { 200: AnsweredReply, 202: PendingReply },
    failures: [
      ...BODY,
      'AGENT_NOT_FOUND',
      'AGENT_FAILED',
      'NO_AGENT_AVAILABLE',
      'STORE_UNAVAILABLE',
      'DEADLINE_EXCEEDED',
    ],
  },
  {
    method: 'post',
    answeredBy: 'router',
    path: '/v1/agents/route',
    operationId: 'previewRoute',
    summary: 'Say which agent would get a message, and why. Sends and stores nothing.',
    scope: 'messages:write',
    request: RouteRequest,
    replies: { 200: Decision },
    failures: [...BODY, 'AGENT_NOT_FOUND', 'STORE_UNAVAILABLE'],
  },
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
    summary: 'Register an agent, checked before it is accepted; or a list, with a result each.',
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
    summary:
      "Replace the definition of the tenant's own agent, of the global one with visibility=global. Needs If-Match.",
    scope: 'agents:write',
    request: AgentRegistration,
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
    summary:
      "Change fields of the tenant's own agent, of the global one with visibility=global, by JSON merge patch. " +
      'Needs If-Match.',
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
    summary:
      "Give the tenant's own agent, the global one with visibility=global, no new turns, let those at work finish, then " +
      'remove it. If-Match is optional.',
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
    summary:
      "Check the health of the tenant's own agent, of the global one with visibility=global, now; the result counts " +
      "like one of the monitor's.",
    scope: 'agents:write',
    query: OneAgentQuery,
    replies: { 200: ProbeReply },
    failures: ['AGENT_NOT_FOUND', 'STORE_UNAVAILABLE'],
  },
  {
    method: 'get',
    answeredBy: 'api',
    path: '/v1/conversations',
    operationId: 'listConversations',
    summary: "The caller's conversations, newest activity first.",
    scope: 'messages:read',
    query: Paging,
    replies: { 200: ConversationList },
    failures: ['STORE_UNAVAILABLE'],
  },
  {
    method: 'get',
    answeredBy: 'api',
    path: '/v1/conversations/{conversation_id}',
    operationId: 'getConversation',
    summary: 'A conversation with a page of its turns, newest first.',
    scope: 'messages:read',
    query: Paging,
    replies: { 200: ConversationView },
    failures: ['CONVERSATION_NOT_FOUND', 'STORE_UNAVAILABLE'],
  },
  {
    method: 'get',
    answeredBy: 'api',
    path: '/v1/conversations/{conversation_id}/turns/{turn_id}',
    operationId: 'getTurn',
    summary: 'One turn: its status, decision, attempts and answer.',
    scope: 'messages:read',
    replies: { 200: TurnView },
    failures: ['CONVERSATION_NOT_FOUND', 'TURN_NOT_FOUND', 'STORE_UNAVAILABLE'],
  },
  {
    method: 'get',
    answeredBy: 'api',
    path: '/v1/openapi.json',
    operationId: 'getOpenApi',
    summary: 'This document.',
    scope: null,
    replies: { 200: null },
    failures: [],
  },
  {
    method: 'get',
    answeredBy: 'api',
    path: '/healthz',
    operationId: 'getHealth',
    summary: 'Whether the API answers.',
    scope: null,
    replies: { 200: null },
    failures: [],
  },
];

/** Methods that a path has; none if there is no such path. */
export const methodsOf = (path: string): readonly string[] =>
  ROUTES.filter((route) => route.path === path).map(({ method }) => method.toUpperCase());
