import { isRecord } from '../template/is-record.ts';
import type { ServiceBackend, ServiceCall, ServiceReply } from '../types.ts';

export interface Metered {
  readonly reply: ServiceReply;
  /** Read or write capacity units; see `meter` for what they leave out. */
  readonly capacityUnits: number;
}

const METERED = new Set([
  'GetItem',
  'PutItem',
  'UpdateItem',
  'DeleteItem',
  'Query',
  'Scan',
  'BatchGetItem',
  'BatchWriteItem',
]);

/**
 * Answers a call by its backend and finds the DynamoDB capacity that it consumed. A caller that did not ask for
 * `ConsumedCapacity` does not see it. dynalite counts the table's capacity, not that of index writes, and DynamoDB
 * names none for a failed condition: that is counted as its least, 1 unit.
 */
export const meter = async (call: ServiceCall, backend: ServiceBackend): Promise<Metered> => {
  if (call.service !== 'dynamodb' || !METERED.has(call.action)) return { reply: await backend(call), capacityUnits: 0 };
  const input: unknown = JSON.parse(call.body.toString('utf8'));
  const wanted = isRecord(input) ? input.ReturnConsumedCapacity : undefined;
  const isAdded = isRecord(input) && (wanted === undefined || wanted === 'NONE');
  const body = isAdded ? Buffer.from(JSON.stringify({ ...input, ReturnConsumedCapacity: 'TOTAL' })) : call.body;
  const reply = await backend({ ...call, body });
  if (!Buffer.isBuffer(reply.body)) return { reply, capacityUnits: 0 };
  const output: unknown = JSON.parse(reply.body.toString('utf8'));
  if (!isRecord(output)) return { reply, capacityUnits: 0 };
  if (reply.status !== 200) return { reply, capacityUnits: isConditionFailure(output) ? 1 : 0 };
  const { ConsumedCapacity: consumed, ...rest } = output;
  const capacityUnits = sum(consumed);
  if (!isAdded) return { reply, capacityUnits };
  return { reply: { ...reply, body: Buffer.from(JSON.stringify(rest)) }, capacityUnits };
};

const sum = (consumed: unknown): number =>
  (Array.isArray(consumed) ? consumed : [consumed])
    .map((item) => (isRecord(item) ? Number(item.CapacityUnits) : 0))
    .reduce((total, units) => total + units, 0);

const isConditionFailure = (output: Readonly<Record<string, unknown>>): boolean =>
  String(output.__type).endsWith('#ConditionalCheckFailedException');
