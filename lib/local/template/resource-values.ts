/** What `Ref` and `Fn::GetAtt` need to know of a resource. */
export interface ResourceFacts {
  readonly type: string;
  readonly logicalId: string;
  /** Stack and logical id, for errors. */
  readonly where: string;
  readonly region: string;
  readonly accountId: string;
  /** Number of an `AWS::Lambda::Version`, counted per function in template order. */
  readonly version: number | undefined;
  /** Physical name. */
  readonly name: () => string;
  /** A property, resolved. */
  readonly property: (name: string) => unknown;
}

type Value = (facts: ResourceFacts, gatewayUrl: string) => string;

interface Values {
  /** @default the physical name */
  readonly ref?: Value;
  readonly attributes?: Readonly<Record<string, Value>>;
}

/** The property that names a resource physically; types without one are named by their logical id. */
export const PHYSICAL_NAME: Readonly<Record<string, string>> = {
  'AWS::ApiGateway::Stage': 'StageName',
  'AWS::CloudWatch::Alarm': 'AlarmName',
  'AWS::CloudWatch::CompositeAlarm': 'AlarmName',
  'AWS::CloudWatch::Dashboard': 'DashboardName',
  'AWS::DynamoDB::GlobalTable': 'TableName',
  'AWS::DynamoDB::Table': 'TableName',
  'AWS::Events::Rule': 'Name',
  'AWS::IAM::Policy': 'PolicyName',
  'AWS::IAM::Role': 'RoleName',
  'AWS::KMS::Alias': 'AliasName',
  'AWS::Lambda::Alias': 'Name',
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::Logs::LogGroup': 'LogGroupName',
  'AWS::SNS::Topic': 'TopicName',
  'AWS::SQS::Queue': 'QueueName',
};

const arn =
  (service: string, resource: (facts: ResourceFacts) => string): Value =>
  (facts) =>
    `arn:aws:${service}:${facts.region}:${facts.accountId}:${resource(facts)}`;

const name: Value = (facts) => facts.name();
const id: Value = (facts) => facts.logicalId;

/** `FunctionName` of a version or alias may be a name or an ARN. */
const functionOf = (facts: ResourceFacts): string =>
  String(facts.property('FunctionName')).split(':function:').at(-1) ?? '';

const functionArn = arn('lambda', (facts) => `function:${facts.name()}`);
const versionArn = arn('lambda', (facts) => `function:${functionOf(facts)}:${facts.version}`);
const aliasArn = arn('lambda', (facts) => `function:${functionOf(facts)}:${facts.name()}`);
const tableArn = arn('dynamodb', (facts) => `table/${facts.name()}`);
const topicArn = arn('sns', (facts) => facts.name());
const alarmArn = arn('cloudwatch', (facts) => `alarm:${facts.name()}`);
const queueUrl: Value = (facts, gatewayUrl) => `${gatewayUrl}/${facts.accountId}/${facts.name()}`;
/** The policy's and role's ARNs carry no region. */
const roleArn: Value = (facts) => `arn:aws:iam::${facts.accountId}:role/${facts.name()}`;

const VALUES: Readonly<Record<string, Values>> = {
  'AWS::ApiGateway::Account': {},
  'AWS::ApiGateway::Authorizer': { attributes: { AuthorizerId: id } },
  'AWS::ApiGateway::Deployment': { attributes: { DeploymentId: id } },
  'AWS::ApiGateway::GatewayResponse': {},
  'AWS::ApiGateway::Method': {},
  'AWS::ApiGateway::Model': {},
  'AWS::ApiGateway::RequestValidator': { attributes: { RequestValidatorId: id } },
  'AWS::ApiGateway::Resource': { attributes: { ResourceId: id } },
  'AWS::ApiGateway::RestApi': { attributes: { RestApiId: id, RootResourceId: (facts) => `${facts.logicalId}-root` } },
  'AWS::ApiGateway::Stage': {},
  'AWS::ApiGateway::UsagePlan': { attributes: { Id: id } },
  'AWS::CloudWatch::Alarm': { attributes: { Arn: alarmArn } },
  'AWS::CloudWatch::CompositeAlarm': { attributes: { Arn: alarmArn } },
  'AWS::CloudWatch::Dashboard': {},
  'AWS::DynamoDB::GlobalTable': { attributes: { Arn: tableArn, TableId: id } },
  'AWS::DynamoDB::Table': { attributes: { Arn: tableArn } },
  'AWS::Events::Rule': { attributes: { Arn: arn('events', (facts) => `rule/${facts.name()}`) } },
  'AWS::IAM::Policy': {},
  'AWS::IAM::Role': { attributes: { Arn: roleArn, RoleId: id } },
  'AWS::KMS::Alias': {},
  'AWS::KMS::Key': { attributes: { Arn: arn('kms', (facts) => `key/${facts.logicalId}`), KeyId: id } },
  'AWS::Lambda::Alias': { ref: aliasArn, attributes: { AliasArn: aliasArn } },
  'AWS::Lambda::EventInvokeConfig': {},
  'AWS::Lambda::EventSourceMapping': { attributes: { Id: id } },
  'AWS::Lambda::Function': { attributes: { Arn: functionArn } },
  'AWS::Lambda::Permission': {},
  'AWS::Lambda::Version': {
    ref: versionArn,
    attributes: { FunctionArn: versionArn, Version: (facts) => String(facts.version) },
  },
  'AWS::Logs::LogGroup': { attributes: { Arn: arn('logs', (facts) => `log-group:${facts.name()}:*`) } },
  'AWS::SNS::Subscription': { ref: arn('sns', (facts) => facts.logicalId) },
  'AWS::SNS::Topic': { ref: topicArn, attributes: { TopicArn: topicArn, TopicName: name } },
  'AWS::SNS::TopicPolicy': {},
  'AWS::SQS::Queue': {
    ref: queueUrl,
    attributes: { Arn: arn('sqs', (facts) => facts.name()), QueueName: name, QueueUrl: queueUrl },
  },
  'AWS::SQS::QueuePolicy': {},
};

/** What `Ref` gives. @throws Error if references to this type are not emulated */
export const resourceRef = (facts: ResourceFacts, gatewayUrl: string): string => {
  const values = VALUES[facts.type];
  if (!values) throw new Error(`${facts.where}: the local cloud does not emulate a Ref to ${facts.type}`);
  return (values.ref ?? name)(facts, gatewayUrl);
};

/** What `Fn::GetAtt` gives. @throws Error if this attribute is not emulated */
export const resourceAttribute = (facts: ResourceFacts, attribute: string, gatewayUrl: string): string => {
  const value = VALUES[facts.type]?.attributes?.[attribute];
  if (!value) throw new Error(`${facts.where}: the local cloud does not emulate Fn::GetAtt ${facts.type}.${attribute}`);
  return value(facts, gatewayUrl);
};
