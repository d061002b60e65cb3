import { afterAll, beforeAll } from 'vitest';
import { type ConversationPorts, dynamoPorts, memoryPorts } from './conversation-ports.ts';
import { startTables, type TestTables } from './dynamodb.ts';
import { describeTurnReading } from './turn-reading.contract.ts';
import { describeTurnStore } from './turn-store.contract.ts';

let tables: TestTables;
let dynamo: ConversationPorts;
beforeAll(async () => {
  tables = await startTables();
  dynamo = dynamoPorts(tables.makeClient(), tables.conversations);
});
afterAll(() => tables.stop());

const memory = memoryPorts();

describeTurnStore('in memory', () => memory.turns);
describeTurnStore('DynamoDB', () => dynamo.turns);
describeTurnReading('in memory', () => memory.turns);
describeTurnReading('DynamoDB', () => dynamo.turns);
