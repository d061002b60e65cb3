import { type DynamoDBClient, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import type { CallMeasurement, MeasurementStore } from '../../../application/agent-ports.ts';
import type { Log } from '../../../application/ports.ts';
import { TenantId } from '../../../domain/contract/ids.ts';
import { MINUTE_MS, minuteOf } from '../../../domain/health/minutes.ts';
import { type Item, toItem } from '../attributes.ts';
import { orUnavailable } from '../client.ts';
import { joinKey } from '../keys.ts';
import { pack, unpack } from '../packed.ts';
import { packCounts, StoredCounts, unpackCounts } from './call-counts.ts';

/** How long measurements are kept after their minute began. */
const KEPT_SECONDS = 15 * 60;

/** Agents in one item: with the longest names and every bucket filled they are 330 KB before packing, of 400 KB. */
const ROWS = 100;

const Row = z.tuple([z.union([z.literal('global'), TenantId]), z.string(), StoredCounts]);

const partition = (minute: number): string => joinKey('measured', String(minute));

/** Routers' measurements in the Registry table, one item for each flush. @see MeasurementStore */
export const makeMeasurementStore = (
  client: DynamoDBClient,
  table: string,
  log: Pick<Log, 'error'>,
): MeasurementStore => {
  const readable = (item: Item): readonly CallMeasurement[] => {
    try {
      return z
        .array(Row)
        .parse(unpack(item.calls?.B ?? new Uint8Array()))
        .map(([owner, agentId, counts]) => ({ owner, agentId, ...unpackCounts(counts) }));
    } catch (cause) {
      log.error('measurements not readable', { pk: item.pk?.S, sk: item.sk?.S, cause });
      return [];
    }
  };

  return {
    write: async (instance, batch, atMs, abortSignal) => {
      const minute = minuteOf(atMs);
      const rows = batch.map((calls) => [calls.owner, calls.agentId, packCounts(calls)]);
      // The same flush written again is the same items: no call counts twice.
      const writePart = (part: number) => {
        const Item = toItem({
          pk: partition(minute),
          sk: joinKey(instance, String(atMs), String(part)),
          calls: pack(rows.slice(part * ROWS, (part + 1) * ROWS)),
          expires_at: (minute * MINUTE_MS) / 1000 + KEPT_SECONDS,
        });
        return client.send(new PutItemCommand({ TableName: table, Item }), { abortSignal });
      };
      const parts = Array.from({ length: Math.ceil(rows.length / ROWS) }, (_, part) => writePart(part));
      await orUnavailable(Promise.all(parts));
    },

    read: async (minute, abortSignal) => {
      const measurements: CallMeasurement[] = [];
      let start: Item | undefined;
      do {
        const command = new QueryCommand({
          TableName: table,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: toItem({ ':pk': partition(minute) }),
          ...(start === undefined ? {} : { ExclusiveStartKey: start }),
        });
        const page = await orUnavailable(client.send(command, { abortSignal }));
        measurements.push(...(page.Items ?? []).flatMap(readable));
        start = page.LastEvaluatedKey;
      } while (start !== undefined);
      return measurements;
    },
  };
};
