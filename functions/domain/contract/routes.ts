import { AGENT_ROUTES } from './agent-routes.ts';
import { ConversationList, ConversationView, TurnView } from './conversation.ts';
import { Decision } from './decision.ts';
import { AnsweredReply, MessageRequest, PendingReply, RouteRequest } from './message.ts';
import { Paging } from './paging.ts';
import { BODY, type Route } from './route.ts';
import { RULE_ROUTES } from './rule-routes.ts';

/** Every route of the API. */
export const ROUTES: readonly Route[] = [
  ...AGENT_ROUTES,
  ...RULE_ROUTES,
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
