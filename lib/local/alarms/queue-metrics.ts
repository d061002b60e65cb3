import type { QueueCounts } from '../engines/queues.ts';
import type { Account, CloudClock, MetricStore } from '../types.ts';

/** Puts how long the queues are now, under the names that SQS reports to CloudWatch. */
export const sampleQueues = (
  account: Account,
  counts: readonly QueueCounts[],
  metrics: MetricStore,
  clock: Pick<CloudClock, 'now'>,
): void => {
  for (const { id, visible, in_flight, delayed } of counts) {
    const values = {
      ApproximateNumberOfMessagesVisible: visible,
      ApproximateNumberOfMessagesNotVisible: in_flight,
      ApproximateNumberOfMessagesDelayed: delayed,
    };
    for (const [name, value] of Object.entries(values))
      metrics.put({
        namespace: 'AWS/SQS',
        name,
        dimensions: { QueueName: account.attribute(id, 'QueueName') },
        unit: 'Count',
        value,
        atMs: clock.now(),
      });
  }
};
