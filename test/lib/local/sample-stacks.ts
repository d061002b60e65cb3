// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the text is CloudFormation's Fn::Sub
import type { StackTemplate } from '../../../lib/local/template/template.ts';

const allow = (Action: unknown, Resource: unknown, Condition?: unknown) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...(Condition === undefined ? {} : { Condition }),
});

const imported = (name: string) => ({ 'Fn::ImportValue': `state:${name}` });
const exported = (name: string, Value: unknown) => ({ [name]: { Value, Export: { Name: `state:${name}` } } });

const stateTemplate = {
  Parameters: { BootstrapVersion: { Type: 'String', Default: '6' } },
  Resources: {
    Table: {
      Type: 'AWS::DynamoDB::GlobalTable',
      Properties: {
        AttributeDefinitions: [
          { AttributeName: 'pk', AttributeType: 'S' },
          { AttributeName: 'sk', AttributeType: 'S' },
          { AttributeName: 'open_shard', AttributeType: 'S' },
          { AttributeName: 'open_at', AttributeType: 'N' },
        ],
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
        GlobalSecondaryIndexes: [
          {
            IndexName: 'open',
            KeySchema: [
              { AttributeName: 'open_shard', KeyType: 'HASH' },
              { AttributeName: 'open_at', KeyType: 'RANGE' },
            ],
            Projection: { ProjectionType: 'KEYS_ONLY' },
          },
        ],
        TimeToLiveSpecification: { AttributeName: 'expires_at', Enabled: true },
        Replicas: [{ Region: { Ref: 'AWS::Region' } }],
      },
    },
    Dead: { Type: 'AWS::SQS::Queue' },
    Queue: {
      Type: 'AWS::SQS::Queue',
      Properties: {
        VisibilityTimeout: 60,
        RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['Dead', 'Arn'] }, maxReceiveCount: 2 },
      },
    },
    CDKMetadata: { Type: 'AWS::CDK::Metadata', Properties: { Analytics: 'v2' } },
  },
  Outputs: {
    ...exported('TableName', { Ref: 'Table' }),
    ...exported('TableArn', { 'Fn::GetAtt': ['Table', 'Arn'] }),
    ...exported('QueueUrl', { Ref: 'Queue' }),
    ...exported('QueueArn', { 'Fn::GetAtt': ['Queue', 'Arn'] }),
  },
};

const role = (...statements: object[]) => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    ManagedPolicyArns: [
      { 'Fn::Sub': 'arn:${AWS::Partition}:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole' },
    ],
    Policies: statements.length === 0 ? { Ref: 'AWS::NoValue' } : [{ PolicyDocument: { Statement: statements } }],
  },
});

const fn = (roleId: string, tags: object[] = []) => ({
  Type: 'AWS::Lambda::Function',
  Properties: { Role: { 'Fn::GetAtt': [roleId, 'Arn'] }, Handler: 'index.handler', Tags: tags },
});

const appTemplate = {
  Resources: {
    WriterRole: role(),
    WriterPolicy: {
      Type: 'AWS::IAM::Policy',
      Properties: {
        PolicyName: 'WriterPolicy',
        Roles: [{ Ref: 'WriterRole' }],
        PolicyDocument: {
          Statement: [
            allow(
              ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query', 'dynamodb:Batch*'],
              [imported('TableArn'), { 'Fn::Join': ['', [imported('TableArn'), '/index/*']] }],
            ),
            allow('sqs:SendMessage', imported('QueueArn')),
            allow('secretsmanager:GetSecretValue', {
              'Fn::Sub': 'arn:aws:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:switchboard/local/*',
            }),
            allow(
              'lambda:InvokeFunction',
              { 'Fn::Sub': 'arn:aws:lambda:${AWS::Region}:${AWS::AccountId}:function:*' },
              { StringEquals: { 'aws:ResourceTag/switchboard:agent': 'true' } },
            ),
          ],
        },
      },
    },
    ReaderRole: role(allow('dynamodb:GetItem', imported('TableArn'))),
    Writer: fn('WriterRole'),
    Agent: fn('ReaderRole', [{ Key: 'switchboard:agent', Value: 'true' }]),
    AgentVersion: { Type: 'AWS::Lambda::Version', Properties: { FunctionName: { Ref: 'Agent' } } },
    AgentLive: {
      Type: 'AWS::Lambda::Alias',
      Properties: {
        Name: 'live',
        FunctionName: { Ref: 'Agent' },
        FunctionVersion: { 'Fn::GetAtt': ['AgentVersion', 'Version'] },
      },
    },
    AgentPermission: {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        Action: 'lambda:InvokeFunction',
        FunctionName: { Ref: 'AgentLive' },
        Principal: 'apigateway.amazonaws.com',
        SourceArn: { 'Fn::Sub': 'arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/*/POST/x' },
      },
    },
    Api: { Type: 'AWS::ApiGateway::RestApi', Properties: { Name: 'api' } },
    CDKMetadata: { Type: 'AWS::CDK::Metadata', Properties: { Analytics: 'v2' } },
  },
};

/** Two small stacks as CDK synthesizes them: a table and queues; two roles, an agent and a function that may call it. */
export const sampleStacks = (): StackTemplate[] => [
  { stack: 'state', template: structuredClone(stateTemplate) },
  { stack: 'app', template: structuredClone(appTemplate) },
];
