export interface EmulatedProperties {
  /** Paths without list indexes; a path stands for everything below it. */
  readonly emulated: readonly string[];
  /** Paths that have no effect on one machine, each with the reason. */
  readonly ignored: Readonly<Record<string, string>>;
}

/** A type whose resources have no effect on one machine at all. */
export interface IgnoredType {
  readonly ignoredBecause: string;
}

const ENCRYPTION = 'Data at rest lies in the data folder, under the rights of the user who started it.';
const DELETION = 'Nothing is deleted but by --reset.';
const TEXT = 'Words for people.';
const NOTIFICATION = 'Nobody is notified on one machine; states stand at /_local/alarms.';
const LOGS = 'What functions print goes to the terminal.';
const NO_EFFECT = 'Costs and administration only.';

const emulates = (emulated: readonly string[], ignored: Readonly<Record<string, string>> = {}): EmulatedProperties => ({
  emulated,
  ignored,
});

const TABLE = [
  'AttributeDefinitions',
  'GlobalSecondaryIndexes.IndexName',
  'GlobalSecondaryIndexes.KeySchema',
  'GlobalSecondaryIndexes.Projection',
  'KeySchema',
  'LocalSecondaryIndexes',
  'TableName',
  'TimeToLiveSpecification',
];
const TABLE_IGNORED = {
  BillingMode: 'Capacity is never short on one machine; the ledger has what was consumed.',
  SSESpecification: ENCRYPTION,
};
const PITR = 'A copy of the data folder is the backup.';

/** Every resource type that the local cloud can run, with what it emulates of it and what not, and why. */
export const EMULATED_TYPES: Readonly<Record<string, EmulatedProperties | IgnoredType>> = {
  'AWS::ApiGateway::Account': { ignoredBecause: LOGS },
  'AWS::ApiGateway::Authorizer': emulates(
    ['AuthorizerResultTtlInSeconds', 'AuthorizerUri', 'IdentitySource', 'RestApiId', 'Type'],
    { Name: TEXT },
  ),
  'AWS::ApiGateway::Deployment': emulates(['RestApiId'], {
    Description: TEXT,
    StageName: 'The one stage is the AWS::ApiGateway::Stage resource.',
  }),
  'AWS::ApiGateway::GatewayResponse': emulates([
    'ResponseParameters',
    'ResponseTemplates',
    'ResponseType',
    'RestApiId',
    'StatusCode',
  ]),
  'AWS::ApiGateway::Method': emulates(
    [
      'AuthorizationType',
      'AuthorizerId',
      'HttpMethod',
      'Integration.ResponseTransferMode',
      'Integration.TimeoutInMillis',
      'Integration.Type',
      'Integration.Uri',
      'ResourceId',
      'RestApiId',
    ],
    {
      'Integration.IntegrationHttpMethod': 'A Lambda proxy integration always posts.',
      OperationName: TEXT,
    },
  ),
  'AWS::ApiGateway::Resource': emulates(['ParentId', 'PathPart', 'RestApiId']),
  'AWS::ApiGateway::RestApi': emulates(['BinaryMediaTypes', 'Name'], {
    Description: TEXT,
    EndpointConfiguration: 'One machine has one endpoint.',
    Tags: NO_EFFECT,
  }),
  'AWS::ApiGateway::Stage': emulates(
    [
      'MethodSettings.HttpMethod',
      'MethodSettings.ResourcePath',
      'MethodSettings.ThrottlingBurstLimit',
      'MethodSettings.ThrottlingRateLimit',
      'DeploymentId',
      'RestApiId',
      'StageName',
    ],
    {
      AccessLogSetting: LOGS,
      Description: TEXT,
      'MethodSettings.DataTraceEnabled': LOGS,
      'MethodSettings.LoggingLevel': LOGS,
      'MethodSettings.MetricsEnabled': 'Metrics by API and stage are always on, those by method never.',
      Tags: NO_EFFECT,
      TracingEnabled: 'There is no X-Ray on one machine.',
    },
  ),
  'AWS::CloudWatch::Alarm': emulates(
    [
      'AlarmName',
      'ComparisonOperator',
      'DatapointsToAlarm',
      'Dimensions',
      'EvaluationPeriods',
      'ExtendedStatistic',
      'MetricName',
      'Metrics',
      'Namespace',
      'Period',
      'Statistic',
      'Threshold',
      'TreatMissingData',
    ],
    {
      ActionsEnabled: NOTIFICATION,
      AlarmActions: NOTIFICATION,
      AlarmDescription: TEXT,
      EvaluateLowSampleCountPercentile: 'A percentile of few samples is evaluated like any other.',
      InsufficientDataActions: NOTIFICATION,
      OKActions: NOTIFICATION,
      Tags: NO_EFFECT,
    },
  ),
  'AWS::CloudWatch::Dashboard': { ignoredBecause: 'Metrics stand at /_local/metrics.' },
  'AWS::DynamoDB::GlobalTable': emulates([...TABLE, 'Replicas.Tags'], {
    ...TABLE_IGNORED,
    'Replicas.DeletionProtectionEnabled': DELETION,
    'Replicas.GlobalSecondaryIndexes': 'Settings of one region only; the indexes stand above.',
    'Replicas.PointInTimeRecoverySpecification': PITR,
    'Replicas.Region': 'One machine is one region.',
    'Replicas.SSESpecification': ENCRYPTION,
    'Replicas.TableClass': NO_EFFECT,
  }),
  'AWS::DynamoDB::Table': emulates([...TABLE, 'Tags'], {
    ...TABLE_IGNORED,
    DeletionProtectionEnabled: DELETION,
    PointInTimeRecoverySpecification: PITR,
    TableClass: NO_EFFECT,
  }),
  'AWS::Events::Rule': emulates(['Name', 'ScheduleExpression', 'State', 'Targets.Arn', 'Targets.Id', 'Targets.Input'], {
    Description: TEXT,
    'Targets.RetryPolicy': 'Handing an event to a function on the same machine is not retried; it does not get lost.',
  }),
  'AWS::IAM::Policy': emulates(['PolicyDocument', 'PolicyName', 'Roles']),
  'AWS::IAM::Role': emulates(['ManagedPolicyArns', 'Policies', 'RoleName'], {
    AssumeRolePolicyDocument: 'A function gets the credentials of the role that its template names.',
    Description: TEXT,
    MaxSessionDuration: 'Local credentials do not expire.',
    Tags: NO_EFFECT,
  }),
  'AWS::KMS::Alias': { ignoredBecause: ENCRYPTION },
  'AWS::KMS::Key': { ignoredBecause: ENCRYPTION },
  'AWS::Lambda::Alias': emulates(['FunctionName', 'FunctionVersion', 'Name'], { Description: TEXT }),
  'AWS::Lambda::EventInvokeConfig': emulates([
    'FunctionName',
    'MaximumEventAgeInSeconds',
    'MaximumRetryAttempts',
    'Qualifier',
  ]),
  'AWS::Lambda::EventSourceMapping': emulates(
    [
      'BatchSize',
      'Enabled',
      'EventSourceArn',
      'FunctionName',
      'FunctionResponseTypes',
      'MaximumBatchingWindowInSeconds',
      'ScalingConfig.MaximumConcurrency',
    ],
    { Tags: NO_EFFECT },
  ),
  'AWS::Lambda::Function': emulates(
    [
      'Code',
      'Environment',
      'FunctionName',
      'Handler',
      'MemorySize',
      'ReservedConcurrentExecutions',
      'Role',
      'Tags',
      'Timeout',
    ],
    {
      Architectures: 'Functions run on the architecture of the machine.',
      Description: TEXT,
      EphemeralStorage: 'Functions share the file system of the machine.',
      LoggingConfig: LOGS,
      Runtime: "Functions run on the Node that runs the local cloud; `npm start` checks the machine's version.",
      TracingConfig: 'There is no X-Ray on one machine.',
    },
  ),
  'AWS::Lambda::Permission': emulates(['Action', 'FunctionName', 'Principal', 'SourceAccount', 'SourceArn']),
  'AWS::Lambda::Version': emulates(['FunctionName'], {
    CodeSha256: 'The code is what was just built.',
    Description: TEXT,
  }),
  'AWS::Logs::LogGroup': { ignoredBecause: LOGS },
  'AWS::SNS::Subscription': { ignoredBecause: NOTIFICATION },
  'AWS::SNS::Topic': { ignoredBecause: NOTIFICATION },
  'AWS::SNS::TopicPolicy': { ignoredBecause: NOTIFICATION },
  'AWS::SQS::Queue': emulates(
    [
      'DelaySeconds',
      'MaximumMessageSize',
      'QueueName',
      'ReceiveMessageWaitTimeSeconds',
      'RedrivePolicy',
      'Tags',
      'VisibilityTimeout',
    ],
    {
      KmsDataKeyReusePeriodSeconds: ENCRYPTION,
      KmsMasterKeyId: ENCRYPTION,
      MessageRetentionPeriod: 'Messages are kept until they are deleted: fauxqs does not age them.',
      RedriveAllowPolicy: 'A queue redrives to the queue that its own RedrivePolicy names.',
      SqsManagedSseEnabled: ENCRYPTION,
    },
  ),
  'AWS::SQS::QueuePolicy': {
    ignoredBecause: 'It refuses calls without TLS; local calls are plain HTTP on the loopback interface.',
  },
};
