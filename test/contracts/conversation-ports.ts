import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { makeConversationStore } from '../../functions/adapters/dynamodb/conversations/conversation-store.ts';
import { makeOpenTurns } from '../../functions/adapters/dynamodb/turns/open-turns.ts';
import { makeTurnStore } from '../../functions/adapters/dynamodb/turns/turn-store.ts';
import type { ConversationStore, OpenTurns, TurnStore } from '../../functions/application/ports.ts';
import { makeMemoryConversationStore } from '../twins/conversation-store.ts';
import { makeMemoryState } from '../twins/memory-state.ts';
import { makeMemoryOpenTurns } from '../twins/open-turns.ts';
import { makeMemoryTurnStore } from '../twins/turn-store.ts';

/** The three ports that look at the same conversations. */
export interface ConversationPorts {
  readonly turns: TurnStore;
  readonly open: OpenTurns;
  readonly conversations: ConversationStore;
}

export const memoryPorts = (): ConversationPorts => {
  const state = makeMemoryState();
  return {
    turns: makeMemoryTurnStore(state),
    open: makeMemoryOpenTurns(state),
    conversations: makeMemoryConversationStore(state),
  };
};

export const dynamoPorts = (client: DynamoDBClient, table: string): ConversationPorts => ({
  turns: makeTurnStore(client, { table, retentionDays: 30 }),
  open: makeOpenTurns(client, table),
  conversations: makeConversationStore(client, table),
});
