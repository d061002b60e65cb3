import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { OidcSettings } from '../../functions/domain/access/claims.ts';
import { AgentDefinition } from '../../functions/domain/contract/agent.ts';
import { DELIVERY_POLICY } from '../../functions/domain/delivery/delivery-policy.ts';
import { FUNCTIONS, type FunctionName } from '../../lib/functions.ts';
import { permissions, synthesize, text } from './support/synthesized.ts';

const { state, switchboard } = synthesize();

const AGENTS = ['ContextAnalyzer', 'CodeGenerator', 'Debugger', 'Documentation', 'CodeReviewer'] as const;
const AGENT_INVOKE =
  'arn:AWS::Partition:lambda:AWS::Region:AWS::AccountId:function:* if ' +
  '{"StringEquals":{"aws:ResourceTag/switchboard:agent":"dev"}}';
const dynamo = (...actions: string[]) => actions.map((action) => `dynamodb:${action}`);
const CALLS_AGENTS = {
  [AGENT_INVOKE]: ['lambda:InvokeFunction'],
  'arn:AWS::Partition:secretsmanager:AWS::Region:AWS::AccountId:secret:switchboard/dev/*': [
    'secretsmanager:GetSecretValue',
  ],
};
/** The registry's items with these beginnings of their partition keys. */
const registryOf = (...kinds: string[]) =>
  `Registry if ${JSON.stringify({ 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': kinds.map((kind) => `${kind}#*`) } })}`;
const ROUTES = {
  [registryOf('manifest', 'cards', 'rules')]: dynamo('GetItem'),
  [registryOf('circuits')]: dynamo('GetItem', 'PutItem', 'Query', 'UpdateItem'),
  [registryOf('profiles')]: dynamo('BatchGetItem'),
  [registryOf('measured')]: dynamo('PutItem'),
};
const KEEPS_AGENTS = {
  [registryOf('agents', 'manifest', 'cards')]: dynamo('GetItem', 'PutItem', 'Query', 'UpdateItem'),
  [registryOf('profiles')]: dynamo('PutItem', 'UpdateItem'),
};

const LambdaProperties = z.object({
  Timeout: z.number(),
  Runtime: z.string(),
  Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }),
  Tags: z.array(z.object({ Key: z.string(), Value: z.string() })).default([]),
});
const lambda = (name: FunctionName) =>
  LambdaProperties.parse(switchboard.one('AWS::Lambda::Function', name).Properties);

describe('what each function may do', () => {
  test.each<[FunctionName, Record<string, string[]>]>([
    ['Authorizer', {}],
    [
      'Router',
      {
        Conversations: dynamo('DeleteItem', 'GetItem', 'PutItem', 'Query', 'UpdateItem'),
        ...ROUTES,
        ...CALLS_AGENTS,
        Undelivered: ['sqs:SendMessage'],
      },
    ],
    [
      'Api',
      {
        Conversations: dynamo('GetItem', 'Query'),
        'Conversations/index/by_owner': dynamo('Query'),
        'Conversations/index/open': dynamo('Query'),
        [registryOf('agents')]: dynamo('GetItem', 'Query'),
        [registryOf('manifest', 'rules')]: dynamo('GetItem'),
        [registryOf('circuits')]: dynamo('Query'),
      },
    ],
    [
      'Registration',
      { ...KEEPS_AGENTS, ...CALLS_AGENTS, [registryOf('rules')]: dynamo('GetItem', 'PutItem', 'UpdateItem') },
    ],
    [
      'Worker',
      {
        Conversations: dynamo('GetItem', 'PutItem', 'Query', 'UpdateItem'),
        ...ROUTES,
        ...CALLS_AGENTS,
        Undelivered: [
          'sqs:ChangeMessageVisibility',
          'sqs:DeleteMessage',
          'sqs:GetQueueAttributes',
          'sqs:GetQueueUrl',
          'sqs:ReceiveMessage',
          'sqs:SendMessage',
        ],
      },
    ],
    [
      'Sweeper',
      {
        Conversations: dynamo('GetItem', 'UpdateItem'),
        'Conversations/index/open': dynamo('Query'),
        Undelivered: ['sqs:SendMessage'],
      },
    ],
    [
      'Monitor',
      {
        ...CALLS_AGENTS,
        [registryOf('agents', 'manifest', 'cards')]: dynamo('GetItem', 'PutItem', 'UpdateItem'),
        [registryOf('agents')]: dynamo('DeleteItem'),
        [registryOf('measured')]: dynamo('Query'),
        [registryOf('profiles')]: dynamo('PutItem', 'UpdateItem'),
        'Registry/index/monitored': dynamo('Query'),
      },
    ],
    ['Registrar', { ...KEEPS_AGENTS, ...CALLS_AGENTS, [registryOf('agents')]: dynamo('DeleteItem') }],
    ...AGENTS.map((agent): [FunctionName, Record<string, string[]>] => [agent, {}]),
  ])('%s: this, its own log and no more', (name, expected) => {
    expect(permissions(switchboard, `${name}Role`)).toEqual({
      [`${name}Logs`]: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      ...expected,
    });
  });

  test('comes from no managed policy', () => {
    for (const [id, { Properties }] of switchboard.ofType('AWS::IAM::Role'))
      if (!id.startsWith('FrontDoorApiCloudWatchRole')) expect(Properties).not.toHaveProperty('ManagedPolicyArns');
  });
});

describe('functions', () => {
  const names = Object.keys(FUNCTIONS) as FunctionName[];

  test('are those of the list', () => {
    expect(switchboard.ofType('AWS::Lambda::Function')).toHaveLength(names.length);
  });

  test.each(names)('%s has an alias live on a version', (name) => {
    expect(switchboard.one('AWS::Lambda::Alias', `${name}Live`).Properties).toMatchObject({ Name: 'live' });
    expect(lambda(name).Runtime).toBe('nodejs24.x');
  });

  test('carry the tag of an agent if they are one, and only then', () => {
    const tagged = names.filter((name) => lambda(name).Tags.some(({ Key }) => Key === 'switchboard:agent'));
    expect(tagged).toEqual(AGENTS);
  });

  test('give the authorizer settings that it understands', () => {
    const { OIDC } = lambda('Authorizer').Environment.Variables;
    expect(OidcSettings.parse(JSON.parse(text(OIDC)))).toMatchObject({ audience: 'switchboard', multiTenant: false });
  });

  const DELIVERS = ['SUPERVISOR_MODE', 'SUPERVISOR_TIMEOUT_MS', 'UNDELIVERED_QUEUE_URL'];
  const turns = ['CONVERSATIONS_TABLE', 'REGISTRY_TABLE', 'RETENTION_DAYS', 'STAGE'];
  test.each<[FunctionName, string[]]>([
    ['Authorizer', ['OIDC', 'STAGE']],
    ['Router', [...turns, ...DELIVERS]],
    ['Api', turns],
    ['Registration', ['REGISTRY_TABLE', 'STAGE']],
    ['Worker', [...turns, ...DELIVERS]],
    ['Sweeper', ['CONVERSATIONS_TABLE', 'STAGE', 'UNDELIVERED_QUEUE_URL']],
    ['Monitor', ['REGISTRY_TABLE', 'STAGE']],
    ['Registrar', ['REGISTRY_TABLE', 'STAGE']],
    ...AGENTS.map((agent): [FunctionName, string[]] => [agent, ['MODEL_PROVIDER', 'POWERTOOLS_SERVICE_NAME']]),
  ])('%s gets what it reads and no more', (name, expected) => {
    expect(Object.keys(lambda(name).Environment.Variables).sort()).toEqual(['LOG_LEVEL', ...expected].sort());
  });

  test('retry turns for as long as a delivery may take, while the message stays hidden six times as long', () => {
    const { Timeout } = lambda('Worker');
    expect(Timeout * 1000).toBeGreaterThan(DELIVERY_POLICY.workerDeadlineMs + DELIVERY_POLICY.leaseMarginMs);
    const { VisibilityTimeout } = state.one('AWS::SQS::Queue', 'Undelivered').Properties;
    expect(VisibilityTimeout).toBeGreaterThanOrEqual(6 * Timeout);
  });

  test('take the queue in small batches, message by message, and never more at once than allowed', () => {
    const [mapping] = switchboard.ofType('AWS::Lambda::EventSourceMapping');
    expect(mapping?.[1].Properties).toMatchObject({
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 10 },
    });
    expect(text(mapping?.[1].Properties.EventSourceArn)).toBe('Undelivered');
  });

  test.each([
    ['Sweep', 'Sweeper'],
    ['Probe', 'Monitor'],
  ] as const)('%s runs %s every minute and drops late runs on the whole way', (rule, name) => {
    const { Properties } = switchboard.one('AWS::Events::Rule', rule);
    const dropped = { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 };
    expect(Properties).toMatchObject({ ScheduleExpression: 'rate(1 minute)', Targets: [{ RetryPolicy: dropped }] });
    const { Targets } = z.object({ Targets: z.tuple([z.object({ Arn: z.unknown() })]) }).parse(Properties);
    expect(text(Targets[0].Arn)).toBe(`${name}Live`);
    expect(switchboard.one('AWS::Lambda::EventInvokeConfig', `${name}LiveEventInvokeConfig`).Properties).toMatchObject(
      dropped,
    );
    expect(lambda(name).Timeout).toBeLessThan(60);
  });
});

describe('the built-in agents', () => {
  const resource = switchboard.one('Custom::BuiltInAgents', 'BuiltInAgents');

  test('are registered by their live aliases with definitions that hold', () => {
    const arn = (name: string) => `arn:aws:lambda:us-east-1:000000000000:function:${name}:live`;
    const json = text(resource.Properties.Agents).replaceAll(/"(\w+)Live"/g, (_, name: string) =>
      JSON.stringify(arn(name)),
    );
    const agents = z.array(AgentDefinition).parse(JSON.parse(json));
    expect(agents.map(({ agentId, agentType, endpointUrl }) => [agentId, agentType, endpointUrl])).toEqual([
      ['context-analyzer', 'context_analyzer', arn('ContextAnalyzer')],
      ['code-generator', 'code_generator', arn('CodeGenerator')],
      ['debugger', 'debugger', arn('Debugger')],
      ['documentation', 'documentation', arn('Documentation')],
      ['code-reviewer', 'code_reviewer', arn('CodeReviewer')],
    ]);
    for (const { capabilities, timeoutSeconds, maxConcurrentRequests } of agents) {
      expect(capabilities).not.toEqual([]);
      expect([timeoutSeconds, maxConcurrentRequests]).toEqual([30, 10]);
    }
    for (const name of AGENTS) expect(lambda(name).Timeout).toBe(30);
  });

  test('are registered by what other stacks import under a name that never changes', () => {
    expect(text(switchboard.exports.get('switchboard-dev-registrar'))).toBe('RegistrarLive');
    // CloudFormation refuses a custom resource whose ServiceToken changed.
    expect(switchboard.ofType('AWS::Lambda::Function').map(([id]) => id)).toContain('Registrar2608DF9E');
  });

  test('wait longer for the registrar than it may run: it tells in time what is not over', () => {
    expect(Number(resource.Properties.ServiceTimeout)).toBeGreaterThan(lambda('Registrar').Timeout);
  });

  test('are registered once the registrar may do so', () => {
    expect(text(resource.Properties.ServiceToken)).toBe('RegistrarLive');
    expect(resource.DependsOn?.map((id) => text(id))).toContain('RegistrarRoleDefaultPolicy');
  });
});
