/** The metrics of AWS's own that the local cloud measures, by namespace. An alarm on another one would never see data. */
const AWS_METRICS: Readonly<Record<string, readonly string[]>> = {
  'AWS/ApiGateway': ['Count', '4XXError', '5XXError', 'Latency'],
  'AWS/Events': ['TriggeredRules', 'Invocations', 'FailedInvocations'],
  'AWS/Lambda': ['Invocations', 'Errors', 'Throttles', 'Duration', 'AsyncEventsDropped'],
  'AWS/SQS': [
    'ApproximateNumberOfMessagesVisible',
    'ApproximateNumberOfMessagesNotVisible',
    'ApproximateNumberOfMessagesDelayed',
  ],
};

/** Whether somebody measures a metric here. What functions print under a namespace of their own always counts. */
export const isMeasured = (namespace: string, name: string): boolean =>
  !namespace.startsWith('AWS/') || (AWS_METRICS[namespace] ?? []).includes(name);
