import { type Stack, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

interface Acknowledged {
  /** Paths of constructs below the stack; the stack itself if none is given. */
  readonly at?: readonly string[];
  readonly rule: string;
  readonly reason: string;
}

const STATE: readonly Acknowledged[] = [
  {
    at: ['UndeliveredDead'],
    rule: 'Serverless::Serverless-SQSRedrivePolicy',
    reason: 'It is the dead-letter queue, and an alarm watches it.',
  },
];

const CALLING_AGENTS = ['RouterRole', 'WorkerRole', 'RegistrationRole', 'MonitorRole', 'RegistrarRole'];

const SWITCHBOARD: readonly Acknowledged[] = [
  {
    at: CALLING_AGENTS,
    rule: 'AwsSolutions::AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:lambda:<AWS::Region>:<AWS::AccountId>:function:*]',
    reason: 'Agents are registered at run time, so their names are unknown; a condition requires the tag of an agent.',
  },
  {
    at: ['FrontDoor/Api/CloudWatchRole'],
    rule: 'AwsSolutions::AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]',
    reason:
      'The role is one of the whole account and region, and this policy is the one that API Gateway documents for it.',
  },
  {
    at: ['FrontDoor/Api'],
    rule: 'AwsSolutions::AwsSolutions-APIG2',
    reason: 'The functions validate with the schemas that make the OpenAPI document, and name every bad field.',
  },
  {
    at: ['FrontDoor/Api'],
    rule: 'AwsSolutions::AwsSolutions-APIG3',
    reason:
      'A web ACL costs a fixed price a month and its core rules block code and bodies over 8 KB; a team adds its own.',
  },
  {
    at: ['FrontDoor/Api/Default/v1/openapi.json/GET', 'FrontDoor/Api/Default/healthz/GET'],
    rule: 'AwsSolutions::AwsSolutions-APIG4',
    reason: 'The contract and the liveness check are public; they hold nothing of any caller.',
  },
  {
    at: ['FrontDoor'],
    rule: 'AwsSolutions::AwsSolutions-COG4',
    reason: 'A Lambda authorizer takes tokens of any OpenID Connect issuer, Cognito among them.',
  },
  {
    rule: 'Serverless::Serverless-LambdaTracing',
    reason: 'docs/adr/0003-no-xray.md: turns are followed by their ids in logs and table.',
  },
  {
    at: ['FrontDoor/Api'],
    rule: 'Serverless::Serverless-APIGWXrayEnabled',
    reason: 'docs/adr/0003-no-xray.md: turns are followed by their ids in logs and table.',
  },
  {
    rule: 'Serverless::Serverless-LambdaDLQ',
    reason:
      'Only schedules and CloudFormation invoke asynchronously: the next run does the work, a deployment reports.',
  },
  {
    at: ['Sweeper', 'Monitor'],
    rule: 'Serverless::Serverless-LambdaAsyncFailureDestination',
    reason: 'A failed run is made good by the next one a minute later; an alarm for each fires if its runs stay away.',
  },
  {
    at: ['Sweep', 'Probe'],
    rule: 'Serverless::Serverless-EventBusDLQ',
    reason: 'A late run is of no use: the next one does its work.',
  },
  {
    at: ['Worker'],
    rule: 'Serverless::Serverless-LambdaEventSourceMappingDestination',
    reason: 'SQS sources have none: the queue has its own dead-letter queue.',
  },
];

const secretsOf = (stage: string): Acknowledged => ({
  at: CALLING_AGENTS,
  rule: `AwsSolutions::AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:secretsmanager:<AWS::Region>:<AWS::AccountId>:secret:switchboard/${stage}/*]`,
  reason: "Teams name secrets when they register agents; the stage's prefix holds nothing else.",
});

const OBSERVABILITY: readonly Acknowledged[] = [
  {
    at: ['Alarms'],
    rule: 'Serverless::Serverless-SNSRedrivePolicy',
    reason: 'The only subscription of our own is e-mail, which SNS tries for hours; alarms also show in CloudWatch.',
  },
];

const below = (stack: Stack, path: string): IConstruct =>
  path.split('/').reduce<IConstruct>((construct, id) => construct.node.findChild(id), stack);

/**
 * Every finding of cdk-nag that we accept, with its reason.
 *
 * @throws Error if a construct is no longer where a finding was accepted
 */
export const acknowledgeFindings = (
  stacks: Readonly<Record<'state' | 'switchboard' | 'observability', Stack>>,
  stage: string,
): void => {
  const accept = (stack: Stack, findings: readonly Acknowledged[]): void => {
    for (const { at, rule, reason } of findings)
      for (const construct of at ? at.map((path) => below(stack, path)) : [stack])
        Validations.of(construct).acknowledge({ id: rule, reason });
  };
  accept(stacks.state, STATE);
  accept(stacks.switchboard, [...SWITCHBOARD, secretsOf(stage)]);
  accept(stacks.observability, OBSERVABILITY);
};
