import { isRecord } from '../template/is-record.ts';
import type { Account, Resource, ServiceBackend } from '../types.ts';
import { openQueueEngine } from './queue-engine.ts';

export interface QueueCounts {
  /** Logical id. */
  readonly id: string;
  readonly visible: number;
  readonly in_flight: number;
  readonly delayed: number;
}

export interface Queues {
  readonly backend: ServiceBackend;
  /** Messages per queue, in template order. Delays and visibility timeouts follow this process's `Date`. */
  counts(): readonly QueueCounts[];
  close(): Promise<void>;
}

/** Properties of `AWS::SQS::Queue` that are attributes of the same name. */
const ATTRIBUTES = ['DelaySeconds', 'MaximumMessageSize', 'ReceiveMessageWaitTimeSeconds', 'VisibilityTimeout'];

/** Starts fauxqs with the account's queues; their messages are kept in `folder` or in memory. */
export const startQueues = async (account: Account, folder: string | undefined): Promise<Queues> => {
  const engine = await openQueueEngine(folder);
  const resources = account.ofType('AWS::SQS::Queue');
  for (const resource of resources) {
    const { logicalId } = resource;
    const name = account.attribute(logicalId, 'QueueName');
    engine.ensureQueue(name, account.ref(logicalId), account.attribute(logicalId, 'Arn'), attributesOf(resource));
  }
  return {
    backend: ({ headers, body }) => engine.send(headers['x-amz-target'] ?? '', body),
    counts: () =>
      resources.map(({ logicalId }) => ({
        id: logicalId,
        ...engine.counts(account.attribute(logicalId, 'QueueName')),
      })),
    close: engine.close,
  };
};

const attributesOf = ({ properties }: Resource): Readonly<Record<string, string>> => {
  const plain = ATTRIBUTES.filter((name) => properties[name] !== undefined).map((name) => [
    name,
    String(properties[name]),
  ]);
  const redrive = isRecord(properties.RedrivePolicy) ? { RedrivePolicy: JSON.stringify(properties.RedrivePolicy) } : {};
  return { ...Object.fromEntries(plain), ...redrive };
};
