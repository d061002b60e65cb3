import { createHash } from 'node:crypto';
import { type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import type { TurnId } from '../../../domain/contract/ids.ts';
import { toItem } from '../attributes.ts';
import { orUnavailable } from '../client.ts';
import { partSk } from '../keys.ts';

/** Bytes up to which a text stands in its turn's own item. */
const INLINE_BYTES = 32 * 1024;

/** Bytes of one part: under DynamoDB's 400 KB an item with room for keys. */
const PART_BYTES = 350 * 1024;

/** Where a text is: in the item itself, or in parts that this manifest lists. */
export const StoredText = z.union([
  z.strictObject({ inline: z.string() }),
  z.strictObject({ owner: z.string(), count: z.int().min(1), sha256: z.string() }),
]);
export type StoredText = z.output<typeof StoredText>;

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('base64url');

export interface TextPlace {
  readonly table: string;
  readonly pk: string;
  readonly turnId: TurnId;
}

/**
 * Stores a text before anything refers to it: a small one needs no write, a large one is written in parts.
 * @param owner makes the parts' keys unique to the attempt that writes them
 * @param expiresAtSeconds when parts that no turn ever refers to may go
 */
export const writeText = async (
  client: DynamoDBClient,
  { table, pk, turnId }: TextPlace,
  text: string,
  owner: string,
  expiresAtSeconds: number,
  abortSignal: AbortSignal,
): Promise<StoredText> => {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length <= INLINE_BYTES) return { inline: text };
  const count = Math.ceil(bytes.length / PART_BYTES);
  const writePart = (index: number) => {
    const part = bytes.subarray(index * PART_BYTES, (index + 1) * PART_BYTES);
    const Item = toItem({ pk, sk: partSk(turnId, owner, index), part, expires_at: expiresAtSeconds });
    return client.send(new PutItemCommand({ TableName: table, Item }), { abortSignal });
  };
  await orUnavailable(Promise.all(Array.from({ length: count }, (_, index) => writePart(index))));
  return { owner, count, sha256: hashOf(bytes) };
};

/** Reads a text back, whole. @throws Failure STORE_UNAVAILABLE if a part is missing or differs from the manifest */
export const readText = async (
  client: DynamoDBClient,
  { table, pk, turnId }: TextPlace,
  stored: StoredText,
  abortSignal: AbortSignal,
): Promise<string> => {
  if ('inline' in stored) return stored.inline;
  const readPart = async (index: number): Promise<Uint8Array> => {
    const Key = toItem({ pk, sk: partSk(turnId, stored.owner, index) });
    const { Item } = await client.send(new GetItemCommand({ TableName: table, Key, ConsistentRead: true }), {
      abortSignal,
    });
    const part = Item?.part?.B;
    if (part === undefined) throw new Error(`part ${index} of ${turnId} is missing`);
    return part;
  };
  return orUnavailable(
    Promise.all(Array.from({ length: stored.count }, (_, index) => readPart(index))).then((parts) => {
      const bytes = Buffer.concat(parts);
      if (hashOf(bytes) !== stored.sha256) throw new Error(`parts of ${turnId} do not match their manifest`);
      return bytes.toString('utf8');
    }),
  );
};
