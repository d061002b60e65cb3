import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** Units that calls of one partition key consumed. */
export interface Consumed {
  readonly operation: string;
  readonly key: string;
  readonly units: number;
}

interface Spent {
  readonly CapacityUnits?: number;
}

interface Keyed {
  readonly Key?: { readonly pk?: { readonly S?: string } };
  readonly Item?: { readonly pk?: { readonly S?: string } };
  readonly ExpressionAttributeValues?: Readonly<Record<string, { readonly S?: string }>>;
}

/**
 * Lists the capacity that a client's calls consume from now on. dynalite counts like DynamoDB, apart from the writes
 * of indexes, which it leaves out.
 */
export const meterCapacity = (client: DynamoDBClient): { take: () => readonly Consumed[] } => {
  let consumed: Consumed[] = [];
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const input = args.input as Keyed;
      const result = await next({ ...args, input: { ...args.input, ReturnConsumedCapacity: 'TOTAL' } });
      const { ConsumedCapacity: spent } = result.output as { ConsumedCapacity?: Spent | readonly Spent[] };
      const { pk } = input.Key ?? input.Item ?? {};
      const partition = pk ?? input.ExpressionAttributeValues?.[':pk'] ?? input.ExpressionAttributeValues?.[':shard'];
      consumed.push({
        operation: (context.commandName ?? '').replace(/Command$/, ''),
        key: partition?.S ?? '',
        // A batch says it for each table.
        units: [spent].flat().reduce((sum, table) => sum + (table?.CapacityUnits ?? 0), 0),
      });
      return result;
    },
    { step: 'initialize', name: 'meterCapacity' },
  );
  const take = () => {
    const taken = consumed;
    consumed = [];
    return taken;
  };
  return { take };
};
