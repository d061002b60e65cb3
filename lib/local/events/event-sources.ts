import { SQSClient } from '@aws-sdk/client-sqs';
import type { Account, FunctionHost, Resource } from '../types.ts';
import { checkQueueAccess, type EventSource, pollQueue } from './queue-poller.ts';

interface EventSources {
  /** Stops polling; resolves when the polls and batches under way have ended. */
  close(): Promise<void>;
}

/** Lambda starts with five pollers for a standard queue. */
const DEFAULT_CONCURRENCY = 5;

/**
 * Runs the account's `AWS::Lambda::EventSourceMapping` resources on queues: polls with the credentials of the function's
 * role through the gateway, so that its permissions count, and invokes the function with batches.
 *
 * @param gatewayUrl base URL of the gateway
 * @throws Error that names a mapping that is not emulated, and for a role that may not poll its queue
 */
export const startEventSources = async (dependencies: {
  account: Account;
  host: Pick<FunctionHost, 'invoke'>;
  gatewayUrl: string;
  report: (error: Error) => void;
}): Promise<EventSources> => {
  const { account, host, gatewayUrl, report } = dependencies;
  const mappings = account
    .ofType('AWS::Lambda::EventSourceMapping')
    .filter((mapping) => mapping.properties.Enabled !== false);
  const sources = mappings.map((mapping) => readEventSource(account, mapping));
  const stopping = new AbortController();
  const pollers = sources.map((source) => {
    const client = clientFor(account, source.role, gatewayUrl);
    return { source, client, host, report, signal: stopping.signal };
  });
  await Promise.all(pollers.map(checkQueueAccess));
  const loops = pollers.map(pollQueue);
  return {
    close: async () => {
      stopping.abort();
      await Promise.all(loops);
      for (const { client } of pollers) client.destroy();
    },
  };
};

const clientFor = (account: Account, role: string, endpoint: string): SQSClient =>
  new SQSClient({
    endpoint,
    region: account.region,
    credentials: { accessKeyId: role, secretAccessKey: 'local' },
    // The poller has its own pause and reports every failure.
    maxAttempts: 1,
  });

const readEventSource = (account: Account, mapping: Resource): EventSource => {
  const { properties } = mapping;
  const queue = account
    .ofType('AWS::SQS::Queue')
    .find((candidate) => account.attribute(candidate.logicalId, 'Arn') === properties.EventSourceArn);
  if (queue === undefined)
    throw new Error(
      `event source ${mapping.logicalId}: the local cloud does not emulate ${String(properties.EventSourceArn)}`,
    );
  const functionRef = String(properties.FunctionName);
  const batchSize = Number(properties.BatchSize ?? 10);
  const windowSeconds = Number(properties.MaximumBatchingWindowInSeconds ?? 0);
  if (batchSize > 10 && windowSeconds < 1)
    throw new Error(`event source ${mapping.logicalId}: a BatchSize above 10 needs MaximumBatchingWindowInSeconds`);
  const scaling = (properties.ScalingConfig ?? {}) as { MaximumConcurrency?: unknown };
  const responseTypes = (properties.FunctionResponseTypes ?? []) as readonly string[];
  return {
    id: mapping.logicalId,
    queueUrl: account.ref(queue.logicalId),
    queueArn: String(properties.EventSourceArn),
    region: account.region,
    functionRef,
    role: roleOf(account, functionRef),
    batchSize,
    windowMs: windowSeconds * 1000,
    maxConcurrency: Number(scaling.MaximumConcurrency ?? DEFAULT_CONCURRENCY),
    reportsItemFailures: responseTypes.includes('ReportBatchItemFailures'),
  };
};

/** Logical id of the role of the function that a name, ARN or qualified ARN means. */
const roleOf = (account: Account, functionRef: string): string => {
  const name = /:function:([^:]+)/.exec(functionRef)?.[1] ?? functionRef.split(':')[0];
  const target = account.ofType('AWS::Lambda::Function').find(({ logicalId }) => account.ref(logicalId) === name);
  const role = account
    .ofType('AWS::IAM::Role')
    .find(({ logicalId }) => account.attribute(logicalId, 'Arn') === target?.properties.Role);
  if (role === undefined) throw new Error(`there is no function ${functionRef} with a role`);
  return role.logicalId;
};
