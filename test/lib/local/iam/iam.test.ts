import { describe, expect, it } from 'vitest';
import { makeIam } from '../../../../lib/local/iam/iam.ts';
import { compileConditions } from '../../../../lib/local/iam/iam-conditions.ts';
import { makeMayInvoke } from '../../../../lib/local/iam/lambda-permissions.ts';
import { resolveTemplates } from '../../../../lib/local/template/template.ts';
import { sampleStacks } from '../sample-stacks.ts';

const gatewayUrl = 'http://127.0.0.1:4000';
const TABLE = 'arn:aws:dynamodb:us-east-1:000000000000:table/T';
const FUNCTION = 'arn:aws:lambda:us-east-1:000000000000:function';

const accountWith = (...statements: object[]) => {
  const Policies = [{ PolicyDocument: { Statement: statements } }];
  const Resources = { Role: { Type: 'AWS::IAM::Role', Properties: { Policies } } };
  return resolveTemplates([{ stack: 's', template: { Resources } }], { gatewayUrl });
};
const NO_BODY = Buffer.from('{}');
const decide = (statements: object[], action: string, resource: string) =>
  makeIam(accountWith(...statements)).evaluate('Role', action, resource, NO_BODY);

const allow = { Effect: 'Allow', Action: 'dynamodb:GetItem', Resource: TABLE };

describe("a role's policies", () => {
  it.each<[string, object[], string, string, string]>([
    ['no statement', [], 'dynamodb:GetItem', TABLE, 'implicit-deny'],
    ['an allow', [allow], 'dynamodb:GetItem', TABLE, 'allow'],
    ['an allow in another case', [{ ...allow, Action: 'DynamoDB:getitem' }], 'dynamodb:GetItem', TABLE, 'allow'],
    ['another action', [allow], 'dynamodb:PutItem', TABLE, 'implicit-deny'],
    ['another resource', [allow], 'dynamodb:GetItem', `${TABLE}2`, 'implicit-deny'],
    ['a table allowed, not its index', [allow], 'dynamodb:GetItem', `${TABLE}/index/i`, 'implicit-deny'],
    [
      'resources in another case',
      [{ ...allow, Resource: TABLE.toLowerCase() }],
      'dynamodb:GetItem',
      TABLE,
      'implicit-deny',
    ],
    [
      'a deny over an allow',
      [allow, { ...allow, Effect: 'Deny', Action: '*', Resource: '*' }],
      'dynamodb:GetItem',
      TABLE,
      'explicit-deny',
    ],
    [
      'a deny whose condition fails',
      [allow, { ...allow, Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }],
      'dynamodb:GetItem',
      TABLE,
      'allow',
    ],
    [
      'NotAction of another action',
      [{ Effect: 'Allow', NotAction: 'dynamodb:Put*', Resource: '*' }],
      'dynamodb:GetItem',
      TABLE,
      'allow',
    ],
    [
      'NotAction of this action',
      [{ Effect: 'Allow', NotAction: 'dynamodb:Get*', Resource: '*' }],
      'dynamodb:GetItem',
      TABLE,
      'implicit-deny',
    ],
    [
      'NotResource of this resource',
      [{ Effect: 'Allow', Action: '*', NotResource: `${TABLE}*` }],
      'dynamodb:GetItem',
      TABLE,
      'implicit-deny',
    ],
  ])('with %s', (_, statements, action, resource, expected) => {
    expect(decide(statements, action, resource)).toBe(expected);
  });

  it.each<[string, object, string]>([
    [
      'an unknown operator',
      { ...allow, Condition: { IpAddress: { 'aws:SecureTransport': 'x' } } },
      'does not emulate the operator IpAddress',
    ],
    [
      'an unknown context key',
      { ...allow, Condition: { StringEquals: { 'dynamodb:Attributes': 'x' } } },
      'does not emulate the condition key dynamodb:Attributes',
    ],
    ['an element of resource policies', { ...allow, Principal: '*' }, 'does not emulate Principal'],
    ['a statement without action', { Effect: 'Allow', Resource: '*' }, 'one of Action, NotAction'],
  ])('rejects %s at start', (_, statement, message) => {
    expect(() => makeIam(accountWith(statement))).toThrow(message);
  });

  it('rejects an unknown managed policy at start', () => {
    const Properties = { ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'] };
    const template = { Resources: { Role: { Type: 'AWS::IAM::Role', Properties } } };
    const account = resolveTemplates([{ stack: 's', template }], { gatewayUrl });
    expect(() => makeIam(account)).toThrow(
      'does not know the managed policy arn:aws:iam::aws:policy/AdministratorAccess',
    );
  });
});

describe('conditions', () => {
  const key = 'aws:ResourceTag/k';
  it.each<[string, string[] | undefined, string | string[], boolean]>([
    ['StringEquals', ['a'], ['a', 'b'], true],
    ['StringEquals', ['A'], 'a', false],
    ['StringEquals', undefined, 'a', false],
    ['StringEqualsIgnoreCase', ['A'], 'a', true],
    ['StringEqualsIfExists', undefined, 'a', true],
    ['StringNotEquals', ['a'], ['a', 'b'], false],
    ['StringNotEquals', ['c'], ['a', 'b'], true],
    ['StringNotEquals', undefined, 'a', true],
    ['StringLike', ['abc'], 'a*', true],
    ['StringNotLike', ['abc'], 'a*', false],
    ['Bool', ['true'], 'TRUE', true],
    ['NumericLessThan', ['3'], '4', true],
    ['NumericGreaterThanEquals', ['3'], '4', false],
    ['ArnLike', ['arn:aws:s3:::b/x'], 'arn:aws:*:::b/*', true],
    ['ArnLike', ['arn:aws:s3:r:a:b'], 'arn:*:b', false],
    ['ArnNotEquals', ['arn:aws:s3:::b'], 'arn:aws:s3:::b', false],
    ['Null', undefined, 'true', true],
    ['Null', ['x'], 'true', false],
    ['Null', ['x'], 'false', true],
    ['ForAllValues:StringEquals', ['a', 'b'], ['a', 'b', 'c'], true],
    ['ForAllValues:StringEquals', ['a', 'd'], ['a', 'b', 'c'], false],
    ['ForAllValues:StringEquals', undefined, 'a', true],
    ['ForAnyValue:StringLike', ['x', 'ab'], 'a*', true],
    ['ForAnyValue:StringEquals', undefined, 'a', false],
    ['ForAnyValue:StringNotEquals', ['a', 'b'], 'a', true],
    ['ForAllValues:StringNotEquals', ['a', 'b'], 'a', false],
  ])('%s of %s and %s is %s', (operator, actual, wanted, expected) => {
    const condition = compileConditions({ [operator]: { [key]: wanted } }, 'test');
    const context = new Map(actual === undefined ? [] : [[key.toLowerCase(), actual] as const]);
    expect(condition(context)).toBe(expected);
  });

  it('all hold, or none does', () => {
    const condition = compileConditions({ StringEquals: { [key]: 'a', 'aws:RequestedRegion': 'r' } }, 'test');
    expect(condition(new Map([[key.toLowerCase(), ['a']]]))).toBe(false);
  });
});

describe('tags', () => {
  const iam = makeIam(resolveTemplates(sampleStacks(), { gatewayUrl }));
  it.each([
    [`${FUNCTION}:Agent`, 'allow'],
    [`${FUNCTION}:Agent:live`, 'allow'],
    [`${FUNCTION}:Agent:1`, 'allow'],
    [`${FUNCTION}:Writer`, 'implicit-deny'],
    [`${FUNCTION}:Writer:live`, 'implicit-deny'],
    [`${FUNCTION}:NoSuch`, 'implicit-deny'],
  ])("a function's own tags decide on %s: %s", (resource, expected) => {
    expect(iam.evaluate('WriterRole', 'lambda:InvokeFunction', resource, NO_BODY)).toBe(expected);
  });
});

describe('permissions to invoke', () => {
  const mayInvoke = makeMayInvoke(resolveTemplates(sampleStacks(), { gatewayUrl }));
  const source = 'arn:aws:execute-api:us-east-1:000000000000:Api/prod/POST/x';
  it.each([
    ['apigateway.amazonaws.com', source, `${FUNCTION}:Agent:live`, true],
    ['apigateway.amazonaws.com', source, 'Agent:live', true],
    ['apigateway.amazonaws.com', source, `${FUNCTION}:Agent`, false],
    ['apigateway.amazonaws.com', source, `${FUNCTION}:Agent:1`, false],
    ['apigateway.amazonaws.com', source.replace('POST', 'GET'), `${FUNCTION}:Agent:live`, false],
    ['events.amazonaws.com', source, `${FUNCTION}:Agent:live`, false],
    ['apigateway.amazonaws.com', source, `${FUNCTION}:Writer`, false],
  ])('%s for %s on %s: %s', (principal, sourceArn, target, expected) => {
    expect(mayInvoke(principal, sourceArn, target)).toBe(expected);
  });
});
