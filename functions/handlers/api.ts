import * as z from 'zod';
import { makeAgentStore } from '../adapters/dynamodb/agent-store.ts';
import { makeDynamoClient } from '../adapters/dynamodb/client.ts';
import { makeConversationStore } from '../adapters/dynamodb/conversation-store.ts';
import { makeOpenTurns } from '../adapters/dynamodb/open-turns.ts';
import { makeTurnStore } from '../adapters/dynamodb/turn-store.ts';
import { makeReadAgents } from '../application/read-agents.ts';
import { makeReadConversations } from '../application/read-conversations.ts';
import { AgentList, AgentView, StatusReply } from '../domain/contract/agent.ts';
import { ConversationList, ConversationView, TurnView } from '../domain/contract/conversation.ts';
import { Failure } from '../domain/contract/failures.ts';
import { ConversationId, TurnId } from '../domain/contract/ids.ts';
import { openApiDocument } from '../domain/contract/openapi.ts';
import { cachedRegistry, clock } from './shared/dependencies.ts';
import { readEnvironment, TurnEnvironment } from './shared/environment.ts';
import { type HttpReply, httpReply, jsonReply } from './shared/http-reply.ts';
import { type ProxyEvent, principalOf } from './shared/http-request.ts';
import { instrumented } from './shared/middleware.ts';

const environment = readEnvironment(TurnEnvironment.omit({ UNDELIVERED_QUEUE_URL: true }));
const client = makeDynamoClient();
const table = environment.CONVERSATIONS_TABLE;
const agents = makeReadAgents({
  registry: cachedRegistry(makeAgentStore(client, environment.REGISTRY_TABLE)),
  open: makeOpenTurns(client, table),
});
const conversations = makeReadConversations({
  turns: makeTurnStore(client, { table, retentionDays: environment.RETENTION_DAYS }),
  conversations: makeConversationStore(client, table),
});

const Paging = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.string().min(1).max(1024).optional(),
});

/** A path parameter, decoded; a malformed one is left as it is and then names nothing. */
const parameter = (event: ProxyEvent, name: string): string => {
  const raw = event.pathParameters?.[name] ?? '';
  try {
    return decodeURIComponent(raw);
  } catch {
    return raw;
  }
};

/** An id in a path that no id can be is simply unknown. @throws Failure with that code */
const idOf = <T extends z.ZodType>(
  event: ProxyEvent,
  name: string,
  schema: T,
  code: 'CONVERSATION_NOT_FOUND' | 'TURN_NOT_FOUND',
) => {
  const id = schema.safeParse(parameter(event, name));
  if (!id.success) throw new Failure(code, `There is no such ${name.replace('_id', '')}.`);
  return id.data;
};
const conversationIdOf = (event: ProxyEvent) =>
  idOf(event, 'conversation_id', ConversationId, 'CONVERSATION_NOT_FOUND');

type Route = (event: ProxyEvent) => Promise<HttpReply>;

/** Every GET route, by its template. */
const ROUTES: Readonly<Record<string, Route>> = {
  '/healthz': async () => jsonReply(200, { status: 'ok' }),
  '/v1/openapi.json': async () => jsonReply(200, openApiDocument()),
  '/v1/agents': async (event) =>
    jsonReply(200, z.encode(AgentList, await agents.list(principalOf(event, 'agents:read', clock())))),
  '/v1/agents/status': async (event) =>
    jsonReply(200, z.encode(StatusReply, await agents.status(principalOf(event, 'agents:read', clock())))),
  '/v1/agents/{agent_id}': async (event) => {
    const principal = principalOf(event, 'agents:read', clock());
    return jsonReply(200, z.encode(AgentView, await agents.get(principal, parameter(event, 'agent_id'))));
  },
  '/v1/conversations': async (event) => {
    const principal = principalOf(event, 'messages:read', clock());
    const page = Paging.parse(event.queryStringParameters ?? {});
    return jsonReply(200, z.encode(ConversationList, await conversations.list(principal, page)));
  },
  '/v1/conversations/{conversation_id}': async (event) => {
    const principal = principalOf(event, 'messages:read', clock());
    const page = Paging.parse(event.queryStringParameters ?? {});
    const view = await conversations.get(principal, conversationIdOf(event), page);
    return jsonReply(200, z.encode(ConversationView, view));
  },
  '/v1/conversations/{conversation_id}/turns/{turn_id}': async (event) => {
    const principal = principalOf(event, 'messages:read', clock());
    const turnId = idOf(event, 'turn_id', TurnId, 'TURN_NOT_FOUND');
    return jsonReply(200, z.encode(TurnView, await conversations.turn(principal, conversationIdOf(event), turnId)));
  },
};

const respond: Route = async (event) => {
  const route = ROUTES[event.resource];
  if (route === undefined) throw new Failure('ROUTE_NOT_FOUND', 'There is no such route.');
  return route(event);
};

export const handler = instrumented().handler((event: unknown) => httpReply(event, respond));
