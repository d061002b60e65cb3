import { afterAll, beforeAll } from 'vitest';
import { type ConversationPorts, dynamoPorts, memoryPorts } from './conversation-ports.ts';
import { describeConversationStore } from './conversation-store.contract.ts';
import { startTables, type TestTables } from './dynamodb.ts';
import { describeOpenTurns } from './open-turns.contract.ts';

let tables: TestTables;
let dynamo: ConversationPorts;
beforeAll(async () => {
  tables = await startTables();
  dynamo = dynamoPorts(tables.makeClient(), tables.conversations);
});
afterAll(() => tables.stop());

const memory = memoryPorts();

describeOpenTurns('in memory', () => memory);
describeOpenTurns('DynamoDB', () => dynamo);
describeConversationStore('in memory', () => memory);
describeConversationStore('DynamoDB', () => dynamo);
