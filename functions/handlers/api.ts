import * as z from 'zod';
import { makeCircuitStore } from '../adapters/dynamodb/circuits/circuit-store.ts';
import { makeDynamoClient } from '../adapters/dynamodb/client.ts';
import { makeConversationStore } from '../adapters/dynamodb/conversations/conversation-store.ts';
import { makeAgentStore } from '../adapters/dynamodb/registry/agent-store.ts';
import { makeRuleStore } from '../adapters/dynamodb/registry/rule-store.ts';
import { makeOpenTurns } from '../adapters/dynamodb/turns/open-turns.ts';
import { makeTurnStore } from '../adapters/dynamodb/turns/turn-store.ts';
import { makeReadCircuits } from '../application/circuits/read-circuits.ts';
import { makeReadConversations } from '../application/conversations/read-conversations.ts';
import { ConversationList, ConversationView, TurnView } from '../domain/contract/conversation.ts';
import { ConversationId, TurnId } from '../domain/contract/ids.ts';
import { openApiDocument } from '../domain/contract/openapi.ts';
import { Paging } from '../domain/contract/paging.ts';
import { chance, clock } from './shared/dependencies.ts';
import { discoveryOperations } from './shared/discovery-operations.ts';
import { dispatch, type Operations } from './shared/dispatch.ts';
import { readEnvironment, TurnEnvironment } from './shared/environment.ts';
import { httpReply, jsonReply } from './shared/http-reply.ts';
import { idOf, type ProxyEvent, queryOf } from './shared/http-request.ts';
import { instrumented } from './shared/middleware.ts';
import { ruleReadingOperations } from './shared/rule-operations.ts';
import { log } from './shared/telemetry.ts';

const environment = readEnvironment(TurnEnvironment.omit({ UNDELIVERED_QUEUE_URL: true }));
const client = makeDynamoClient();
const table = environment.CONVERSATIONS_TABLE;
const registry = environment.REGISTRY_TABLE;
const discovery = discoveryOperations({
  agents: makeAgentStore(client, registry, { log, clock, chance }),
  circuits: makeReadCircuits({ circuits: makeCircuitStore(client, registry), clock }),
  open: makeOpenTurns(client, table),
  clock,
});
const rules = ruleReadingOperations({ rules: makeRuleStore(client, registry, { log, clock, chance }) });
const conversations = makeReadConversations({
  turns: makeTurnStore(client, { table, retentionDays: environment.RETENTION_DAYS }),
  conversations: makeConversationStore(client, table),
});

const conversationIdOf = (event: ProxyEvent) =>
  idOf(event, 'conversation_id', ConversationId, 'CONVERSATION_NOT_FOUND');

const pageOf = (event: ProxyEvent) => queryOf(event, Paging);

const operations: Operations = {
  open: {
    getHealth: async () => jsonReply(200, { status: 'ok' }),
    getOpenApi: async () => jsonReply(200, openApiDocument()),
  },
  guarded: {
    ...discovery,
    ...rules,
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
