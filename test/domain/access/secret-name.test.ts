import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { secretProblem } from '../../../functions/domain/access/secret-name.ts';

const USE = { owner: 'acme', endpointUrl: 'https://agent.example.com/ask', stage: 'prod' };
const problem = (secret: string, changes: Partial<typeof USE> = {}) => secretProblem({ ...USE, ...changes, secret });

describe('a secret may be used', () => {
  it.each([
    ['switchboard/prod/t-acme/agent.example.com/main', {}],
    ['switchboard/prod/t-acme/agent.example.com/a_+=.@-9', {}],
    ['switchboard/prod/t-acme/agent.example.com/main', { endpointUrl: 'https://AGENT.example.com:8443?x=1' }],
    ['switchboard/prod/global/agent.example.com/main', { owner: 'global' }],
    ['switchboard/local/t-acme/127.0.0.1/main', { endpointUrl: 'http://127.0.0.1:8080/', stage: 'local' }],
    ['switchboard/prod/t-acme/_5B2606_3A_3A1_5D/main', { endpointUrl: 'https://[2606::1]/' }],
    ['switchboard/prod/t-a_5Fb_2F_C3_BC_25@c_21/agent.example.com/main', { owner: 'a_b/ü%@c!' }],
  ])('by its owner at its host: %s', (secret, changes) => {
    expect(problem(secret, changes)).toBeUndefined();
  });
});

describe('rejects a secret', () => {
  it.each([
    ['of another tenant', 'switchboard/prod/t-other/agent.example.com/main', {}],
    ['of everyone', 'switchboard/prod/global/agent.example.com/main', {}],
    ['of a tenant for a global agent', 'switchboard/prod/t-acme/agent.example.com/main', { owner: 'global' }],
    ['of another host', 'switchboard/prod/t-acme/example.com/main', {}],
    ['of a host that begins alike', 'switchboard/prod/t-acme/agent.example.com.evil.example/main', {}],
    ['of another stage', 'switchboard/dev/t-acme/agent.example.com/main', {}],
    ['without a name of its own', 'switchboard/prod/t-acme/agent.example.com/', {}],
    ['with a name of two parts', 'switchboard/prod/t-acme/agent.example.com/a/b', {}],
    ['that climbs', 'switchboard/prod/t-acme/agent.example.com/../x', {}],
    ['that is an ARN', 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:switchboard/prod/t-acme/x', {}],
    ['of a function', 'switchboard/prod/t-acme/agent.example.com/x', { endpointUrl: 'arn:aws:lambda:eu-west-1:1:f' }],
    [
      'of a host behind a user name',
      'switchboard/prod/t-acme/agent.example.com/x',
      { endpointUrl: 'https://agent.example.com@evil.example/' },
    ],
    [
      'of a host with a backslash',
      'switchboard/prod/t-acme/agent.example.com/x',
      { endpointUrl: 'https://agent.example.com\\@evil.example/' },
    ],
    ['of a tenant whose name looks escaped', 'switchboard/prod/t-a_2Fb/agent.example.com/x', { owner: 'a_2Fb' }],
  ])('%s', (_, secret, changes) => {
    expect(problem(secret, changes)).toEqual(expect.any(String));
  });

  it('of any tenant but its own', () => {
    const tenant = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).filter((text) => text.isWellFormed());
    const prefix = (owner: string) => /^must be (\S+) /.exec(problem('', { owner }) ?? '')?.[1] ?? '';
    fc.assert(
      fc.property(tenant, tenant, (left, right) => {
        fc.pre(left !== 'global' && right !== 'global');
        expect(problem(`${prefix(left)}main`, { owner: right }) === undefined).toBe(left === right);
        expect(prefix(left)).toMatch(/^[A-Za-z0-9/_+=.@-]+$/);
      }),
    );
  });
});
