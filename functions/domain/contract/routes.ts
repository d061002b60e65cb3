import * as z from 'zod';
import { AgentList, AgentView, StatusReply } from './agent.ts';
import { ConversationList, ConversationView, TurnView } from './conversation.ts';
import { Decision } from './decision.ts';
import type { FailureCode } from './failures.ts';
import { AnsweredReply, MessageRequest, PendingReply, RouteRequest } from './message.ts';

/** One route of the API: what the OpenAPI document is made of. */
export interface Route {
  readonly method: 'get' | 'post';
  /** As in API Gateway: `{name}` for a parameter. */
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  /** Scope that a token needs; null for routes that need no token. */
  readonly scope: string | null;
  readonly request?: z.ZodType;
  /** Of its query string; a route without takes none. */
  readonly query?: z.ZodObject;
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

const BODY: readonly FailureCode[] = ['MESSAGE_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'];

export const ROUTES: readonly Route[] = [
  {
    method: 'post',
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
    path: '/v1/agents',
    operationId: 'listAgents',
    summary: 'The agents that the caller may use.',
    scope: 'agents:read',
    replies: { 200: AgentList },
    failures: ['STORE_UNAVAILABLE'],
  },
  {
    method: 'get',
    path: '/v1/agents/status',
    operationId: 'getStatus',
    summary: 'Health of every agent.',
    scope: 'agents:read',
    replies: { 200: StatusReply },
    failures: ['STORE_UNAVAILABLE'],
  },
  {
    method: 'get',
    path: '/v1/agents/{agent_id}',
    operationId: 'getAgent',
    summary: 'One agent.',
    scope: 'agents:read',
    replies: { 200: AgentView },
    failures: ['AGENT_NOT_FOUND', 'STORE_UNAVAILABLE'],
  },
  {
    method: 'get',
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
    path: '/v1/conversations/{conversation_id}/turns/{turn_id}',
    operationId: 'getTurn',
    summary: 'One turn: its status, decision, attempts and answer.',
    scope: 'messages:read',
    replies: { 200: TurnView },
    failures: ['CONVERSATION_NOT_FOUND', 'TURN_NOT_FOUND', 'STORE_UNAVAILABLE'],
  },
  {
    method: 'get',
    path: '/v1/openapi.json',
    operationId: 'getOpenApi',
    summary: 'This document.',
    scope: null,
    replies: { 200: null },
    failures: [],
  },
  {
    method: 'get',
    path: '/healthz',
    operationId: 'getHealth',
    summary: 'Whether the API answers.',
    scope: null,
    replies: { 200: null },
    failures: [],
  },
];
