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
import { Paging } from '../domain/contract/routes.ts';
import { cachedRegistry, clock } from './shared/dependencies.ts';
import { dispatch, type Operations } from './shared/dispatch.ts';
import { readEnvironment, TurnEnvironment } from './shared/environment.ts';
import { httpReply, jsonReply } from './shared/http-reply.ts';
import { type ProxyEvent, parseInput } from './shared/http-request.ts';
import { instrumented } from './shared/middleware.ts';
import { log } from './shared/telemetry.ts';

const environment = readEnvironment(TurnEnvironment.omit({ UNDELIVERED_QUEUE_URL: true }));
const client = makeDynamoClient();
const table = environment.CONVERSATIONS_TABLE;
const agents = makeReadAgents({
  registry: cachedRegistry(makeAgentStore(client, environment.REGISTRY_TABLE, log)),
  open: makeOpenTurns(client, table),
});
const conversations = makeReadConversations({
  turns: makeTurnStore(client, { table, retentionDays: environment.RETENTION_DAYS }),
  conversations: makeConversationStore(client, table),
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

const pageOf = (event: ProxyEvent) => parseInput(Paging, event.queryStringParameters ?? {});

const operations: Operations = {
  open: {
    getHealth: async () => jsonReply(200, { status: 'ok' }),
    getOpenApi: async () => jsonReply(200, openApiDocument()),
  },
  guarded: {
    listAgents: async (principal) => jsonReply(200, z.encode(AgentList, await agents.list(principal))),
    getStatus: async (principal) => jsonReply(200, z.encode(StatusReply, await agents.status(principal))),
    getAgent: async (principal, event) =>
      jsonReply(200, z.encode(AgentView, await agents.get(principal, parameter(event, 'agent_id')))),
    listConversations: async (principal, event) =>
      jsonReply(200, z.encode(ConversationList, await conversations.list(principal, pageOf(event)))),
    getConversation: async (principal, event) => {
      const view = await conversations.get(principal, conversationIdOf(event), pageOf(event));
      return jsonReply(200, z.encode(ConversationView, view));
    },
    getTurn: async (principal, event) => {
      const turnId = idOf(event, 'turn_id', TurnId, 'TURN_NOT_FOUND');
      return jsonReply(200, z.encode(TurnView, await conversations.turn(principal, conversationIdOf(event), turnId)));
    },
  },
};

/** Every GET route. */
export const handler = instrumented().handler((event: unknown) =>
  httpReply(event, (request) => dispatch(operations, request, clock())),
);
