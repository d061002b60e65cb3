// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the text is CloudFormation's Fn::Sub
import { describe, expect, it } from 'vitest';
import { resolveTemplates } from '../../../../lib/local/template/template.ts';
import { sampleStacks } from '../sample-stacks.ts';

const gatewayUrl = 'http://127.0.0.1:4000';

/** Resolves one property of one stack. */
const resolveOne = (value: unknown, parts: object = {}, others: object = {}) => {
  const template = { Resources: { It: { Type: 'Custom::Thing', Properties: { value } }, ...others }, ...parts };
  const account = resolveTemplates([...sampleStacks(), { stack: 'one', template }], { gatewayUrl });
  return account.resources.find(({ logicalId }) => logicalId === 'It')?.properties.value;
};

const queue = { Mine: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'named' } } };
const conditions = {
  Conditions: {
    Here: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'us-east-1'] },
    There: { 'Fn::Not': [{ Condition: 'Here' }] },
    Both: { 'Fn::And': [{ Condition: 'Here' }, { Condition: 'There' }] },
    Either: { 'Fn::Or': [{ Condition: 'Here' }, { Condition: 'There' }] },
  },
};

describe('intrinsic functions', () => {
  it.each<[string, unknown, unknown, object?, object?]>([
    [
      'pseudo parameters',
      { 'Fn::Sub': '${AWS::Partition}/${AWS::Region}/${AWS::AccountId}' },
      'aws/us-east-1/000000000000',
    ],
    ['a parameter with a default', { Ref: 'P' }, 'x', { Parameters: { P: { Default: 'x' } } }],
    ['a queue by its URL', { Ref: 'Mine' }, `${gatewayUrl}/000000000000/named`, {}, queue],
    ['an attribute', { 'Fn::GetAtt': ['Mine', 'Arn'] }, 'arn:aws:sqs:us-east-1:000000000000:named', {}, queue],
    ['an attribute in dotted form', { 'Fn::GetAtt': 'Mine.QueueName' }, 'named', {}, queue],
    [
      'Fn::Sub with attribute, variable and literal',
      { 'Fn::Sub': ['${Mine.QueueName}-${v}-${!raw}', { v: { Ref: 'AWS::Region' } }] },
      'named-us-east-1-${raw}',
      {},
      queue,
    ],
    [
      'Join, Select and Split',
      { 'Fn::Join': ['-', ['a', { 'Fn::Select': [1, { 'Fn::Split': [':', 'x:y'] }] }]] },
      'a-y',
    ],
    ['an import', { 'Fn::ImportValue': 'state:TableName' }, 'Table'],
    [
      'an output of another stack',
      { 'Fn::GetStackOutput': { StackName: 'state', OutputName: 'TableArn' } },
      'arn:aws:dynamodb:us-east-1:000000000000:table/Table',
    ],
    ['Fn::If', { 'Fn::If': ['Here', 'yes', 'no'] }, 'yes', conditions],
    ['conditions on conditions', [{ 'Fn::If': ['Both', 1, 2] }, { 'Fn::If': ['Either', 1, 2] }], [2, 1], conditions],
    ['no value in a list', [1, { Ref: 'AWS::NoValue' }], [1]],
    ['no value in an object', { a: { 'Fn::If': ['There', 1, { Ref: 'AWS::NoValue' }] }, b: 1 }, { b: 1 }, conditions],
    ['plain values', { a: [1, true, 'x', null] }, { a: [1, true, 'x', null] }],
  ])('resolve %s', (_, value, expected, parts, others) => {
    expect(resolveOne(value, parts, others)).toEqual(expected);
  });

  it.each<[string, unknown, string]>([
    ['an unknown intrinsic', { 'Fn::Cidr': [] }, 'one/It.value: the local cloud does not emulate Fn::Cidr'],
    ['an unknown attribute', { 'Fn::GetAtt': ['It', 'Answer'] }, 'does not emulate Fn::GetAtt Custom::Thing.Answer'],
    ['a Ref to what has no value yet', { Ref: 'It' }, 'does not emulate a Ref to Custom::Thing'],
    ['a Ref into another stack', { Ref: 'Table' }, 'one: there is no resource Table'],
    ['an unknown export', { 'Fn::ImportValue': 'nowhere' }, 'no export nowhere'],
    ['a parameter without default', { Ref: 'Q' }, 'parameter Q has no default'],
    ['an unknown condition', { 'Fn::If': ['Nope', 1, 2] }, 'there is no condition Nope'],
    ['a missing element', { 'Fn::Select': [3, ['a']] }, 'Fn::Select has no element 3'],
  ])('rejects %s by name', (_, value, message) => {
    expect(() => resolveOne(value, { Parameters: { Q: { Type: 'String' } } })).toThrow(message);
  });
});

describe('an account', () => {
  const account = resolveTemplates(sampleStacks(), { gatewayUrl });

  it('gives versions and aliases their qualified ARNs', () => {
    const arn = 'arn:aws:lambda:us-east-1:000000000000:function:Agent';
    expect(account.attribute('Agent', 'Arn')).toBe(arn);
    expect(account.ref('AgentVersion')).toBe(`${arn}:1`);
    expect(account.ref('AgentLive')).toBe(`${arn}:live`);
    const [alias] = account.ofType('AWS::Lambda::Alias');
    expect(alias?.properties).toEqual({ Name: 'live', FunctionName: 'Agent', FunctionVersion: '1' });
  });

  it('leaves out CDK metadata, which every stack has under one id', () => {
    expect(account.ofType('AWS::CDK::Metadata')).toEqual([]);
  });

  it('leaves out resources whose condition is false', () => {
    const Resources = {
      Gone: { Type: 'AWS::SQS::Queue', Condition: 'There' },
      Kept: { Type: 'AWS::SQS::Queue', Condition: 'Here' },
    };
    const { resources } = resolveTemplates([{ stack: 's', template: { ...conditions, Resources } }], { gatewayUrl });
    expect(resources.map(({ logicalId }) => logicalId)).toEqual(['Kept']);
  });

  it('keeps dependencies and metadata', () => {
    const Resources = {
      A: { Type: 'AWS::SQS::Queue', DependsOn: 'B', Metadata: { 'aws:cdk:path': 's/A' } },
      B: { Type: 'AWS::SQS::Queue' },
    };
    const [a] = resolveTemplates([{ stack: 's', template: { Resources } }], { gatewayUrl }).resources;
    expect(a).toMatchObject({ dependsOn: ['B'], metadata: { 'aws:cdk:path': 's/A' } });
  });

  it('rejects a logical id that two stacks have', () => {
    const twice = [
      ...sampleStacks(),
      { stack: 'twin', template: { Resources: queue } },
      { stack: 'two', template: { Resources: queue } },
    ];
    expect(() => resolveTemplates(twice, { gatewayUrl })).toThrow('Logical id Mine is in both twin and two');
  });
});
