import { describe, expect, it } from 'vitest';
import { bearerOf, OidcSettings } from '../../../functions/domain/access/claims.ts';

const settings = (changes: Record<string, unknown> = {}) =>
  OidcSettings.parse({
    issuer: 'https://issuer.example',
    audience: 'switchboard',
    claims: { userId: 'sub', tenant: 'tenant', scopes: 'scope' },
    multiTenant: true,
    ...changes,
  });
const single = settings({ multiTenant: false });
const claims = (changes: Record<string, unknown> = {}) => ({
  sub: 'alice',
  tenant: 'acme',
  scope: 'messages:write',
  ...changes,
});

describe('the bearer of a token', () => {
  it.each<[string, Record<string, unknown>, readonly string[]]>([
    ['one', {}, ['messages:write']],
    ['several', { scope: 'messages:write agents:read' }, ['messages:write', 'agents:read']],
    ['spaces', { scope: '  messages:write   ops ' }, ['messages:write', 'ops']],
    ['a list', { scope: ['messages:write', 'ops'] }, ['messages:write', 'ops']],
    ['none', { scope: undefined }, []],
    ['an empty text', { scope: '' }, []],
  ])('has the scopes of its claim: %s', (_, changes, scopes) => {
    expect(bearerOf(claims(changes), settings())).toEqual({ kind: 'known', tenant: 'acme', userId: 'alice', scopes });
  });

  it("has, with Cognito, the scopes of Switchboard's resource server alone", () => {
    const cognito = { userPoolId: 'eu-west-1_a', clientIds: ['c'], resourceServer: 'https://api.example/sb' };
    const scope = 'https://api.example/sb/messages:write billing/ops ops';
    expect(bearerOf(claims({ scope }), settings({ cognito }))).toMatchObject({ scopes: ['messages:write'] });
  });

  it('is of the tenant default without multi-tenancy, whatever the token says', () => {
    for (const tenant of ['acme', 'global', undefined, 7])
      expect(bearerOf(claims({ tenant }), single)).toMatchObject({ kind: 'known', tenant: 'default' });
  });

  it.each<[string, Record<string, unknown>]>([
    ['no tenant', { tenant: undefined }],
    ['an empty tenant', { tenant: '' }],
    ['the tenant global', { tenant: 'global' }],
    ['a tenant that is no text', { tenant: ['acme'] }],
    ['half a surrogate pair for a tenant', { tenant: 'acme\ud800' }],
    ['no user', { sub: undefined }],
    ['an empty user', { sub: '' }],
    ['a number for a user', { sub: 7 }],
    ['a user of 257 characters', { sub: 'x'.repeat(257) }],
    ['half a surrogate pair for a user', { sub: '\udfff' }],
    ['scopes that are no text', { scope: { a: 1 } }],
    ['a list of other things for scopes', { scope: ['ops', 7] }],
  ])('rejects a token with %s', (_, changes) => {
    expect(bearerOf(claims(changes), settings())).toMatchObject({ kind: 'refused', reason: expect.any(String) });
  });

  it('is read from the claims that the settings name', () => {
    const named = settings({ claims: { userId: 'username', tenant: 'custom:org', scopes: 'permissions' } });
    expect(bearerOf({ username: 'bob', 'custom:org': 'o', permissions: ['ops'] }, named)).toEqual({
      kind: 'known',
      tenant: 'o',
      userId: 'bob',
      scopes: ['ops'],
    });
  });
});
