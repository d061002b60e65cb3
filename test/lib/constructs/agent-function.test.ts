import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AgentCode, AgentFunction, type FunctionSize } from '../../../lib/constructs/agent-function.ts';
import type { AgentProps } from '../../../lib/constructs/agent-registration.ts';

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'agent-function-'));
  mkdirSync(join(root, 'bundle'));
  writeFileSync(join(root, 'bundle/index.mjs'), 'export const handler = async () => 1;');
  writeFileSync(join(root, 'agent.ts'), 'export const handler = async () => SWITCHBOARD_ROLES;');
});
afterAll(() => rmSync(root, { recursive: true }));

const definition = {
  agent_id: 'writer',
  agent_type: 'documentation',
  name: 'Writer',
  description: 'Writes.',
  capabilities: ['changelog'],
  specializations: ['conventional-commits'],
  timeout_seconds: 20,
};

interface Changes extends Partial<AgentProps & FunctionSize> {
  readonly code?: AgentCode;
}

const synthesize = ({ code = { directory: join(root, 'bundle') }, ...changes }: Changes = {}) => {
  const app = new App({ outdir: join(root, 'out'), builtinCloudFormationValidation: false, analyticsReporting: false });
  const stack = new Stack(app, 'team');
  new AgentFunction(stack, 'Writer', { stage: 'dev', definition, ...code, ...changes });
  return Template.fromStack(stack);
};

/** The one resource of a type. */
const one = (template: Template, type: string) => {
  const found = Object.entries(template.findResources(type));
  expect(found).toHaveLength(1);
  const [id, resource] = found[0] as [string, { Properties: Record<string, unknown>; DependsOn: string[] }];
  return { id, ...resource };
};

describe('an agent of a team', () => {
  test('is a function with a role of its own, which Switchboard may call by its tag', () => {
    const template = synthesize({ memorySize: 256, environment: { TOPIC: 'x', LOG_LEVEL: 'DEBUG' } });
    const { Properties } = one(template, 'AWS::Lambda::Function');
    expect(Properties).toMatchObject({
      Timeout: 20,
      MemorySize: 256,
      Environment: { Variables: { TOPIC: 'x', LOG_LEVEL: 'DEBUG', POWERTOOLS_SERVICE_NAME: 'writer' } },
      Tags: [{ Key: 'switchboard:agent', Value: 'dev' }],
    });
    const statements = one(template, 'AWS::IAM::Policy').Properties.PolicyDocument as {
      Statement: { Action: string[] }[];
    };
    expect(statements.Statement.flatMap(({ Action }) => Action).sort()).toEqual([
      'logs:CreateLogStream',
      'logs:PutLogEvents',
    ]);
  });

  test('is registered at its alias, by the registrar that its stage exports', () => {
    const template = synthesize();
    const alias = one(template, 'AWS::Lambda::Alias');
    const { Properties } = one(template, 'Custom::SwitchboardAgent');
    expect(alias.Properties.Name).toBe('live');
    expect(Properties).toMatchObject({
      ServiceToken: { 'Fn::ImportValue': 'switchboard-dev-registrar' },
      // Longer than the registrar runs, whatever timeout the agent is given by the API later.
      ServiceTimeout: '960',
      Owner: 'global',
    });
    const { 'Fn::Join': joined } = Properties.Definition as { 'Fn::Join': [string, unknown[]] };
    expect(joined[1]).toContainEqual({ Ref: alias.id });
    const text = joined[1].map((part) => (typeof part === 'string' ? part : 'ARN')).join('');
    expect(JSON.parse(text)).toEqual({ ...definition, endpoint_url: 'ARN' });
    expect(synthesize({ tenant: 'acme' }).toJSON()).toMatchObject({
      Resources: { [one(template, 'Custom::SwitchboardAgent').id]: { Properties: { Owner: 'acme' } } },
    });
  });

  test('is deleted only after its registration: that depends on alias and role', () => {
    const template = synthesize();
    const { DependsOn } = one(template, 'Custom::SwitchboardAgent');
    expect(DependsOn).toEqual(
      expect.arrayContaining([one(template, 'AWS::IAM::Role').id, one(template, 'AWS::IAM::Policy').id]),
    );
  });

  test('tells the deployer what became of it', () => {
    const [output] = Object.values(synthesize().findOutputs('*'));
    expect(output?.Value).toEqual({ 'Fn::GetAtt': [expect.stringMatching(/^WriterRegistration/), 'Outcome'] });
  });

  test('may be of a role that the stage adds', () => {
    const roles = { translator: { capabilities: ['translate'] } };
    const translator = { ...definition, agent_type: 'translator', capabilities: ['translate'] };
    synthesize({ roles, definition: translator, code: { entry: join(root, 'agent.ts') } });
    const bundled = readFileSync(join(root, 'out/bundles/team-Writer/index.mjs'), 'utf8');
    expect(bundled).toContain('translate');
    expect(() => synthesize({ roles, definition: { ...translator, capabilities: ['sing'] } })).toThrow(
      'capabilities.0: sing is not a capability of translator',
    );
  });
});

describe('rejects at synthesis, naming agent and field,', () => {
  test.each([
    ['a reserved id', { agent_id: 'route' }, 'agent_id: is a reserved id'],
    ['an unknown role', { agent_type: 'poet' }, 'agent_type: poet is not a role'],
    ['a capability outside the role', { capabilities: ['sql'] }, 'capabilities.0: sql is not a capability'],
    ['an unknown field', { colour: 'red' }, 'colour: is not a field'],
    ['a timeout that its removal can’t wait for', { timeout_seconds: 900 }, 'timeout_seconds: must be at most 870'],
  ])('%s', (_, changes, message) => {
    const bad = { ...definition, ...changes };
    expect(() => synthesize({ definition: bad })).toThrow(`The agent ${bad.agent_id} of team: ${message}`);
  });

  test('an owner that is no tenant', () =>
    expect(() => synthesize({ tenant: 'global' })).toThrow('of team: tenant: global is not a tenant'));
  test('an entry that is not there', () =>
    expect(() => synthesize({ code: { entry: join(root, 'no.ts') } })).toThrow(/no\.ts/));
});
