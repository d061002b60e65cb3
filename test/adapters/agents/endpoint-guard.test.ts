import { describe, expect, it } from 'vitest';
import { makeEndpointCheck } from '../../../functions/adapters/agents/endpoint-check.ts';
import { type GuardPolicy, makeEndpointGuard } from '../../../functions/adapters/agents/endpoint-guard.ts';
import { makeHttpAgents } from '../../../functions/adapters/agents/http-agents.ts';
import { agentRequestOf } from '../../contracts/agent-caller.contract.ts';
import { agentDefinition, NOON_MS, patience } from '../../twins/samples.ts';

const resolved: string[] = [];
const ZONES: Readonly<Record<string, readonly string[]>> = {
  'public.example': ['93.184.216.34', '2606:2800:220:1::1'],
  'private.example': ['10.0.0.7'],
  'mixed.example': ['93.184.216.34', '192.168.1.1'],
  'metadata.example': ['169.254.169.254'],
  'loopback.example': ['127.0.0.1'],
  'loopback6.example': ['93.184.216.34', '::1'],
  'mapped.example': ['::ffff:10.0.0.1'],
  'translated.example': ['64:ff9b::a00:1'],
  'local6.example': ['fd00:ec2::254'],
  'empty.example': [],
};

const guardOf = (policy: Partial<GuardPolicy> = {}) =>
  makeEndpointGuard({
    allowsLoopback: false,
    allowedHosts: undefined,
    resolve: async (name) => {
      resolved.push(name);
      const addresses = ZONES[name];
      if (addresses === undefined) throw Object.assign(new Error(`queryA ENOTFOUND ${name}`), { code: 'ENOTFOUND' });
      return addresses;
    },
    ...policy,
  });
const secrets = { read: () => Promise.reject(new Error('no secret is read')), doubt: () => undefined };

const check = (url: string, policy: Partial<GuardPolicy> = {}) => makeEndpointCheck(guardOf(policy))(url, patience());
const agentsUnder = (policy: Partial<GuardPolicy> = {}) =>
  makeHttpAgents({ guard: guardOf(policy), secrets, stage: 'prod', clock: () => NOON_MS });
const targetAt = (endpoint_url: string) => ({
  owner: 'global' as const,
  definition: agentDefinition('helper', 'debugger', { endpoint_url }),
});

const REFUSED = [
  // Addresses that are not public, in every spelling.
  ...['https://127.0.0.1/', 'https://127.1/', 'https://2130706433/', 'https://0x7f000001/', 'https://0x7f.1/'],
  ...['https://0177.0.0.1/', 'https://0177.0x0.0.1/', 'https://017700000001/', 'https://127.0.0.1./', 'https://0/'],
  ...['https://10.0.0.1/', 'https://172.16.0.1/', 'https://192.168.0.1/', 'https://100.64.0.1/', 'https://0.0.0.0/'],
  ...[
    'https://169.254.169.254/latest/meta-data/',
    'https://2852039166/',
    'https://0xa9fea9fe/',
    'https://169.254.43518/',
  ],
  ...['https://[::1]/', 'https://[::]/', 'https://[0:0:0:0:0:0:0:1]/', 'https://[::ffff:127.0.0.1]/'],
  ...['https://[::ffff:7f00:1]/', 'https://[::127.0.0.1]/', 'https://[::7f00:1]/', 'https://[64:ff9b::127.0.0.1]/'],
  ...[
    'https://[64:ff9b::a9fe:a9fe]/',
    'https://[2002:7f00:1::]/',
    'https://[2002:a9fe:a9fe::1]/',
    'https://[fc00::1]/',
  ],
  ...['https://[fd00:ec2::254]/', 'https://[fe80::1]/', 'https://[fe80::1%25eth0]/', 'https://[ff02::1]/'],
  ...['https://[2001:db8::1]/', 'https://[2001:0:7f00:1::]/', 'https://[::FFFF:A9FE:A9FE]/', 'https://224.0.0.1/'],
  // Digits and dots of other alphabets.
  ...[
    'https://１２７.0.0.1/',
    'https://127。0。0。1/',
    'https://①②⑦.⓪.⓪.①/',
    'https://１６９.２５４.１６９.２５４/',
    'https://%31%32%37.0.0.1/',
  ],
  // A public address, written so that others might read another.
  ...['https://134744072/', 'https://0x8.8.8.8/', 'https://8.8.2056/', 'https://010.8.8.8/'],
  // Names of this machine and of its network.
  ...[
    'https://localhost/',
    'https://LOCALHOST/',
    'https://localhost./',
    'https://a.localhost/',
    'https://printer.local/',
  ],
  ...['https://metadata.google.internal/', 'https://ip-10-0-0-1.eu-west-1.compute.internal/', 'https://metadata/'],
  ...['https://instance-data/', 'https://router.home.arpa/', 'https://public.example./'],
  // Names that lead where no agent may be.
  ...['https://private.example/', 'https://mixed.example/', 'https://metadata.example/', 'https://loopback.example/'],
  ...[
    'https://loopback6.example/',
    'https://mapped.example/',
    'https://translated.example/',
    'https://local6.example/',
  ],
  ...['https://PRIVATE.example/', 'https://private.example:8443/'],
  // Not HTTPS, or with parts that no endpoint has.
  ...[
    'http://public.example/',
    'HTTP://public.example/',
    'http://127.0.0.1:8080/',
    'ftp://public.example/',
    'file:///etc/passwd',
  ],
  ...['https://user@public.example/', 'https://user:word@public.example/', 'https://@public.example/'],
  ...[
    'https://public.example@private.example/',
    'https://public.example\\@private.example/',
    'https://public.example#x',
  ],
  ...[
    'https://public.example/#',
    'https:public.example',
    'https:///public.example',
    'https:\\\\public.example',
    'https://',
  ],
  ...['https://public.example:99999/', 'https://bücher.example/', 'https://pub lic.example/', '//public.example', ''],
];

describe('rejects an endpoint', () => {
  it.each(REFUSED)('at registration and at every call: %s', async (endpoint) => {
    expect(await check(endpoint)).toEqual(expect.any(String));
    const target = { ...targetAt('https://public.example/') };
    const moved = { ...target, definition: { ...target.definition, endpointUrl: endpoint } };
    const agents = agentsUnder();
    expect(await agents.call(moved, agentRequestOf('x'), patience())).toMatchObject({
      kind: 'rejected',
      reason: expect.stringMatching(/^the endpoint is not allowed: /),
    });
    expect(await agents.probe(moved, patience())).toMatchObject({
      kind: 'failed',
      reason: expect.stringMatching(/^the endpoint is not allowed: /),
    });
  });

  it('whose name is public when it is checked and private when it is connected to', async () => {
    const answers = [['93.184.216.34'], ['169.254.169.254']];
    const guard = guardOf({ resolve: async () => answers.shift() ?? [] });
    const agents = makeHttpAgents({ guard, secrets, stage: 'prod', clock: () => NOON_MS });
    expect(await makeEndpointCheck(guard)('https://rebind.example/', patience())).toBeUndefined();
    expect(await agents.call(targetAt('https://rebind.example/'), agentRequestOf('x'), patience())).toMatchObject({
      kind: 'rejected',
      reason: 'the endpoint is not allowed: its name leads to an address that is not public',
    });
    expect(answers).toEqual([]);
  });

  it('whose name cannot be resolved, or not in time', async () => {
    expect(await check('https://nobody.example/')).toBe('its name cannot be resolved');
    expect(await check('https://empty.example/')).toBe('its name cannot be resolved');
    const empty = agentsUnder().call(targetAt('https://empty.example/'), agentRequestOf('x'), patience());
    expect(await empty).toMatchObject({ kind: 'rejected', cause: 'ENODATA' });
    const hanging = guardOf({ resolve: () => new Promise(() => undefined) });
    const checked = makeEndpointCheck(hanging)('https://public.example/', AbortSignal.timeout(30));
    expect(await checked).toBe('its name cannot be resolved');
    const called = agentsUnder().call(targetAt('https://nobody.example/'), agentRequestOf('x'), patience());
    expect(await called).toEqual({ kind: 'rejected', reason: 'the agent could not be reached', cause: 'ENOTFOUND' });
  });

  it('whose host the installation does not allow', async () => {
    const policy = { allowedHosts: ['*.partner.example', 'public.example'] };
    expect(await check('https://public.example/x', policy)).toBeUndefined();
    expect(await check('https://8.8.8.8/', policy)).toMatch(/allows$/);
    expect(await check('https://partner.example/', policy)).toMatch(/allows$/);
    expect(await check('http://127.0.0.1:1/', { ...policy, allowsLoopback: true })).toBeUndefined();
  });
});

describe('an endpoint may be registered', () => {
  it.each([
    ...[
      'https://public.example',
      'https://public.example/',
      'https://PUBLIC.example:8443/a/b?c=d@e',
      'https://8.8.8.8/',
    ],
    ...['https://[2606:4700::1111]:444/', 'arn:aws:lambda:eu-central-1:123456789012:function:f:live'],
  ])('%s', async (endpoint) => expect(await check(endpoint)).toBeUndefined());

  it('without its name being resolved, if it is an address', async () => {
    resolved.length = 0;
    await check('https://8.8.8.8/');
    await check('https://[2606:4700::1111]/');
    expect(resolved).toEqual([]);
  });
});

describe("this machine's loopback address", () => {
  it.each(['http://127.0.0.1:8080', 'http://127.0.0.1:8080/ask?x', 'http://127.0.0.1:1/'])(
    'may be called in the local stage alone: %s',
    async (endpoint) => {
      expect(await check(endpoint, { allowsLoopback: true })).toBeUndefined();
      expect(await check(endpoint)).toBe('it must be HTTPS');
    },
  );

  it.each([
    ...[
      'http://127.0.0.1/',
      'https://127.0.0.1:8080/',
      'http://localhost:8080/',
      'http://127.1:8080/',
      'http://[::1]:8080/',
    ],
    ...[
      'http://127.0.0.1:80@evil.example/',
      'http://127.0.0.1:8080.evil.example/',
      'http://127.0.0.1:8080\\@evil.example/',
    ],
    ...[
      'http://127.0.0.1:99999/',
      'http://127.0.0.1:80#x',
      'HTTP://127.0.0.1:80/',
      'http://127.0.0.2:80/',
      'http://0.0.0.0:80/',
    ],
  ])('rejects every other spelling there, too: %s', async (endpoint) => {
    expect(await check(endpoint, { allowsLoopback: true })).toEqual(expect.any(String));
  });
});
