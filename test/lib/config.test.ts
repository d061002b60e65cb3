import { describe, expect, test } from 'vitest';
import { cdkJsonContext, EXAMPLE_ISSUER, parseSettings, SettingsError } from '../../lib/config.ts';

const ISSUER = { oidcIssuer: 'https://login.acme.example' };
const COGNITO = { cognito: { userPoolId: 'eu-west-1_AbC123', clientIds: ['web'] } };

describe('settings', () => {
  test('have defaults for all but the issuer', () => {
    expect(parseSettings(ISSUER)).toEqual({
      stage: 'dev',
      logLevel: 'INFO',
      modelProvider: 'offline',
      oidcIssuer: 'https://login.acme.example',
      oidcAudience: 'switchboard',
      claims: { userId: 'sub', tenant: 'tenant', scopes: 'scope' },
      multiTenant: false,
      roles: {},
      retentionDays: 90,
      logRetentionDays: 30,
      removalPolicy: 'destroy',
      throttleRate: 100,
      throttleBurst: 200,
      supervisor: { mode: 'when_unsure', timeoutMs: 1_500 },
    });
  });

  test('of the checkout itself are good, with an issuer that says that it must be replaced', () => {
    expect(parseSettings(cdkJsonContext())).toMatchObject({ stage: 'dev', oidcIssuer: EXAMPLE_ISSUER });
  });

  test.each([
    ['a number', { throttleRate: '50' }, { throttleRate: 50 }],
    ['a fraction', { throttleRate: '0.5' }, { throttleRate: 0.5 }],
    ['a flag', { multiTenant: 'true' }, { multiTenant: true }],
    ['a flag that is off', { multiTenant: 'false' }, { multiTenant: false }],
    [
      'an object in part',
      { claims: '{"userId":"oid"}' },
      { claims: { userId: 'oid', tenant: 'tenant', scopes: 'scope' } },
    ],
    [
      'roles',
      { roles: '{"translator": {"capabilities": ["translate"], "phrases": ["auf Deutsch"]}}' },
      { roles: { translator: { capabilities: ['translate'], fallbackRoles: [], phrases: ['auf Deutsch'] } } },
    ],
    ['hosts', { agentHosts: '["*.example.com", "a.example"]' }, { agentHosts: ['*.example.com', 'a.example'] }],
    [
      'the supervisor in part',
      { supervisor: '{"mode": "always"}' },
      { supervisor: { mode: 'always', timeoutMs: 1_500 } },
    ],
    ['a text that looks like a number', { oidcAudience: '42' }, { oidcAudience: '42' }],
  ])('take %s from the command line', (_, override, expected) => {
    expect(parseSettings({ ...ISSUER, ...override })).toMatchObject(expected);
  });

  test('know the issuer of a Cognito user pool, with the example still in cdk.json', () => {
    const cognito = JSON.stringify(COGNITO.cognito);
    expect(parseSettings({ stage: 'prod', oidcIssuer: EXAMPLE_ISSUER, cognito })).toMatchObject({
      ...COGNITO,
      oidcIssuer: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbC123',
    });
  });

  test('leave the keys of the CDK alone', () => {
    const ofCdk = { '@aws-cdk/core:x': true, 'aws:cdk:enable-path-metadata': true, 'availability-zones:account=1': [] };
    expect(parseSettings({ ...ISSUER, ...ofCdk })).toEqual(parseSettings(ISSUER));
  });

  test('keep what production has stored', () => {
    expect(parseSettings({ ...ISSUER, stage: 'prod' }).removalPolicy).toBe('retain');
  });

  test('need no issuer in the local stage, where it may be http', () => {
    expect(parseSettings({ stage: 'local' }).oidcIssuer).toBe('http://127.0.0.1:3000/_local/oidc');
    expect(parseSettings({ stage: 'local', oidcIssuer: 'http://127.0.0.1:9/x' }).oidcIssuer).toBe(
      'http://127.0.0.1:9/x',
    );
  });
});

describe('settings that are bad', () => {
  const line = (context: Record<string, unknown>): string => {
    try {
      return JSON.stringify(parseSettings(context));
    } catch (error) {
      if (!(error instanceof SettingsError)) throw error;
      return error.message;
    }
  };

  test.each([
    ['an unknown setting', { ...ISSUER, trottleRate: 5 }, 'trottleRate: is not a setting'],
    ['an unknown part of one', { ...ISSUER, claims: { user: 'x' } }, 'claims.user: is not a setting'],
    ['a missing issuer', { stage: 'dev' }, 'oidcIssuer: is missing; set it or cognito'],
    ['the example in production', { stage: 'prod', oidcIssuer: EXAMPLE_ISSUER }, 'oidcIssuer: is still the example'],
    ['an issuer without TLS', { oidcIssuer: 'http://login.acme.example' }, 'oidcIssuer: must be https'],
    ['an issuer that is no URL', { oidcIssuer: 'acme' }, 'oidcIssuer: must be the URL'],
    ['keys without TLS', { ...ISSUER, oidcJwksUri: 'http://acme.example/jwks' }, 'oidcJwksUri: must be https'],
    ['issuer and Cognito', { ...ISSUER, ...COGNITO }, 'oidcIssuer: must not be set beside cognito'],
    ['a pool that is none', { cognito: { userPoolId: 'pool', clientIds: ['a'] } }, 'cognito.userPoolId: must be an id'],
    ['a pool without clients', { cognito: { userPoolId: 'eu-west-1_A', clientIds: [] } }, 'cognito.clientIds: '],
    ['an object that is not JSON', { cognito: 'pool' }, 'cognito: '],
    ['a stage in capitals', { ...ISSUER, stage: 'Prod' }, 'stage: must be 1–20 of'],
    ['an empty stage', { ...ISSUER, stage: '' }, 'stage: must be 1–20 of'],
    ['a number that is none', { ...ISSUER, throttleRate: 'many' }, 'throttleRate: '],
    ['a rate of nothing', { ...ISSUER, throttleRate: 0 }, 'throttleRate: '],
    ['a flag that is none', { ...ISSUER, multiTenant: 'yes' }, 'multiTenant: '],
    ['no retention', { ...ISSUER, retentionDays: '0' }, 'retentionDays: '],
    ['half a day of it', { ...ISSUER, retentionDays: '1.5' }, 'retentionDays: '],
    ['log retention that CloudWatch lacks', { ...ISSUER, logRetentionDays: 31 }, 'logRetentionDays: must be one of'],
    ['a level that is none', { ...ISSUER, logLevel: 'LOUD' }, 'logLevel: '],
    ['a provider that is not built in', { ...ISSUER, modelProvider: 'acme' }, 'modelProvider: '],
    ['a model for the engine that has none', { ...ISSUER, modelId: 'acme-1' }, 'modelId: '],
    ['a mode of supervisors that is none', { ...ISSUER, supervisor: { mode: 'never' } }, 'supervisor.mode: '],
    ['no time for supervisors', { ...ISSUER, supervisor: '{"timeoutMs": 50}' }, 'supervisor.timeoutMs: '],
    ['an object that breaks off', { ...ISSUER, roles: '{' }, 'roles: is not valid JSON'],
    ['roles that are no JSON', { ...ISSUER, roles: 'roles.json' }, 'roles: must be an object of roles'],
    ['a role for nobody', { ...ISSUER, roles: { none: {} } }, 'roles.none: is a reserved word'],
    [
      'a fallback role that is none',
      { ...ISSUER, roles: '{"a": {"capabilities": ["x"], "fallback_roles": ["b"]}}' },
      'roles.a.fallback_roles.0: b is not a role',
    ],
    ['what a role does not have', { ...ISSUER, roles: { debugger: { phrase: [] } } }, 'roles.debugger.phrase: is not'],
    ['no host at all', { ...ISSUER, agentHosts: '[]' }, 'agentHosts: '],
    ['a host with a port', { ...ISSUER, agentHosts: ['a.example:1'] }, 'agentHosts.0: must be a host in lower case'],
    [
      'a pattern within a host',
      { ...ISSUER, agentHosts: ['a.*.example'] },
      'agentHosts.0: must be a host in lower case',
    ],
    ['too many hosts', { ...ISSUER, agentHosts: Array(200).fill('agent.example.com') }, 'agentHosts: must have 2,000'],
    ['an address that is none', { ...ISSUER, alarmEmail: 'ops' }, 'alarmEmail: must be an e-mail address'],
    [
      'throwing production away',
      { ...ISSUER, stage: 'prod', removalPolicy: 'destroy' },
      'removalPolicy: must be retain',
    ],
  ])('rejects %s by name', (_, context, expected) => {
    expect(line(context)).toContain(expected);
  });

  test('rejects all of them at once, a line each', () => {
    expect(line({ ...ISSUER, a: 1, b: 2, retentionDays: 0 }).split('\n')).toHaveLength(3);
  });
});
