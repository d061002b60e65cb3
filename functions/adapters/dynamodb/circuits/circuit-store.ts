import {
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { CircuitStore, CircuitsOfOwner, StoredCircuit } from '../../../application/agent-ports.ts';
import { bucketAt, CIRCUIT_POLICY, CLOSED, type FailureSample } from '../../../domain/delivery/circuit.ts';
import { type Item, toItem } from '../attributes.ts';
import { attemptWrite, orUnavailable, storeUnavailable } from '../client.ts';
import { splitKey } from '../keys.ts';
import {
  bucketSk,
  circuitSk,
  circuitsPk,
  expiryOf,
  failureElement,
  fromCircuitItem,
  oldestSk,
  sampleOf,
  toCircuitItem,
} from './circuit-item.ts';

const POLICY = CIRCUIT_POLICY;
const UNTOUCHED: StoredCircuit = { circuit: CLOSED, mark: null };

const withSample = ({ circuit, mark }: StoredCircuit, sample: FailureSample): StoredCircuit =>
  circuit.kind === 'closed'
    ? { circuit: { ...circuit, samples: [...circuit.samples, sample] }, mark }
    : { circuit, mark };

const toCircuits = (items: readonly Item[]): CircuitsOfOwner => {
  const circuits = new Map<string, StoredCircuit>();
  const buckets: [agentId: string, sample: FailureSample][] = [];
  for (const item of items) {
    const [kind, ...rest] = splitKey(item.sk?.S ?? '');
    const agentId = rest.at(-1) ?? '';
    if (kind === 'circuit') circuits.set(agentId, fromCircuitItem(item));
    else buckets.push([agentId, sampleOf(Number(rest[0]) * 1000, item.failures?.SS ?? [])]);
  }
  for (const [agentId, sample] of buckets)
    circuits.set(agentId, withSample(circuits.get(agentId) ?? UNTOUCHED, sample));
  return circuits;
};

/** Circuits and the failures that open them, one partition an owner. @see CircuitStore */
export const makeCircuitStore = (client: DynamoDBClient, table: string): CircuitStore => {
  const markOf = async (Key: Item, abortSignal: AbortSignal): Promise<string | undefined> => {
    const command = new GetItemCommand({ TableName: table, Key, ConsistentRead: true });
    return (await orUnavailable(client.send(command, { abortSignal }))).Item?.mark?.S;
  };

  return {
    read: async (owner, nowMs, consistency, abortSignal) => {
      const items: Item[] = [];
      let start: Item | undefined;
      do {
        const command = new QueryCommand({
          TableName: table,
          KeyConditionExpression: 'pk = :pk AND sk >= :oldest',
          ExpressionAttributeValues: toItem({ ':pk': circuitsPk(owner), ':oldest': oldestSk(nowMs, POLICY) }),
          ConsistentRead: consistency === 'strong',
          ...(start === undefined ? {} : { ExclusiveStartKey: start }),
        });
        const page = await orUnavailable(client.send(command, { abortSignal }));
        items.push(...(page.Items ?? []));
        start = page.LastEvaluatedKey;
      } while (start !== undefined);
      return toCircuits(items);
    },

    recordFailure: async (owner, agentId, call, abortSignal) => {
      const bucketMs = bucketAt(call.atMs, POLICY);
      const command = new UpdateItemCommand({
        TableName: table,
        Key: toItem({ pk: circuitsPk(owner), sk: bucketSk(agentId, bucketMs) }),
        // Added to a set, not to a number: what the SDK sends twice is in it once.
        UpdateExpression: 'ADD failures :failure SET expires_at = :expiry',
        ConditionExpression: 'attribute_not_exists(failures) OR size(failures) < :max',
        ExpressionAttributeValues: {
          ':failure': { SS: [failureElement(call)] },
          ...toItem({ ':expiry': expiryOf(bucketMs + POLICY.windowMs), ':max': POLICY.maxFailuresOfBucket }),
        },
      });
      const result = await attemptWrite(client.send(command, { abortSignal }));
      if (result.kind === 'failed') throw storeUnavailable(result.cause);
    },

    change: async (owner, agentId, expected, next, abortSignal) => {
      const key = toItem({ pk: circuitsPk(owner), sk: circuitSk(agentId) });
      const command = new PutItemCommand({
        TableName: table,
        Item: { ...key, ...toCircuitItem(next) },
        ...(expected === null
          ? { ConditionExpression: 'attribute_not_exists(mark)' }
          : { ConditionExpression: 'mark = :expected', ExpressionAttributeValues: toItem({ ':expected': expected }) }),
      });
      const result = await attemptWrite(client.send(command, { abortSignal }));
      if (result.kind === 'done') return true;
      // The write may have happened before a retry of it failed: then the mark there is this one's.
      if ((await markOf(key, abortSignal)) === next.mark) return true;
      if (result.kind === 'failed') throw storeUnavailable(result.cause);
      return false;
    },
  };
};
