import { describe, expect, it } from 'vitest';
import { unsupported } from '../../../../lib/local/template/emulated.ts';
import { resolveTemplates } from '../../../../lib/local/template/template.ts';
import type { Resource } from '../../../../lib/local/types.ts';
import { sampleStacks } from '../sample-stacks.ts';

const resource = (type: string, properties: Record<string, unknown>): Resource => ({
  stack: 's',
  logicalId: 'It',
  type,
  properties,
  dependsOn: [],
});

describe('what the local cloud does not emulate', () => {
  it('has nothing in the sample stacks', () => {
    expect(unsupported(resolveTemplates(sampleStacks(), { gatewayUrl: 'http://x' }).resources)).toEqual([]);
  });

  it.each<[string, string, Record<string, unknown>, string]>([
    ['a type', 'AWS::S3::Bucket', {}, 'AWS::S3::Bucket'],
    ['a property', 'AWS::SQS::Queue', { FifoQueue: true }, 'FifoQueue of AWS::SQS::Queue'],
    [
      'a nested property',
      'AWS::Events::Rule',
      { Targets: [{ Arn: 'a', InputPath: '$' }] },
      'Targets.InputPath of AWS::Events::Rule',
    ],
    [
      'a value where parts are listed',
      'AWS::ApiGateway::Method',
      { Integration: 'x' },
      'Integration of AWS::ApiGateway::Method',
    ],
    ['a property with a listed prefix', 'AWS::SQS::Queue', { Tag: 1 }, 'Tag of AWS::SQS::Queue'],
  ])('names %s', (_, type, properties, expected) => {
    expect(unsupported([resource(type, properties)])).toEqual([`s/It: the local cloud does not emulate ${expected}`]);
  });

  it('names a property of several elements once', () => {
    const Targets = [{ DeadLetterConfig: {} }, { DeadLetterConfig: {} }];
    expect(unsupported([resource('AWS::Events::Rule', { Targets })])).toHaveLength(1);
  });

  it.each([
    ['AWS::SQS::Queue', { SqsManagedSseEnabled: true, VisibilityTimeout: 3 }],
    ['AWS::KMS::Key', { KeyPolicy: {}, Anything: 1 }],
    ['Custom::Anything', { whatever: 1 }],
  ])('accepts what is on its lists for %s', (type, properties) => {
    expect(unsupported([resource(type, properties)])).toEqual([]);
  });
});
