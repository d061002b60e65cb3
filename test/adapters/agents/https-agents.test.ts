import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeEndpointGuard } from '../../../functions/adapters/agents/endpoint-guard.ts';
import { makeHttpAgents } from '../../../functions/adapters/agents/http-agents.ts';
import { type Secrets, SecretUnreadable } from '../../../functions/adapters/secrets.ts';
import { verifySignature } from '../../../functions/agents/kit/verify-signature.ts';
import type { AgentSecret } from '../../../functions/domain/contract/agent-secret.ts';
import { TenantId } from '../../../functions/domain/contract/ids.ts';
import { agentRequestOf } from '../../contracts/agent-caller.contract.ts';
import { agentDefinition, NOON_MS } from '../../twins/samples.ts';
import { TEST_CERTIFICATE } from './test-certificate.ts';

const SECRET = 'switchboard/prod/t-acme/agent.example/main';
const KEY = `whsec_${Buffer.alloc(32, 3).toString('base64')}`;
const ALL: AgentSecret = { bearer: 'token-of-acme', headers: { 'x-api-key': 'k-1' }, signing_key: KEY };

interface Got {
  readonly method: string | undefined;
  readonly host: string | undefined;
  readonly headers: Record<string, string | undefined>;
  readonly body: string;
}
let got: Got[] = [];
let status = 200;
const server = createServer(TEST_CERTIFICATE, async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const { method, headers } = request;
  got.push({ method, host: headers.host, headers: headers as Got['headers'], body: Buffer.concat(chunks).toString() });
  response.writeHead(status).end('{"content": "yes", "status": "healthy"}');
});
let port = 0;
const trusted = getCACertificates('default');
beforeAll(async () => {
  setDefaultCACertificates([...trusted, TEST_CERTIFICATE.cert]);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => {
  setDefaultCACertificates(trusted);
  server.closeAllConnections();
  server.close();
});

let doubted: string[] = [];
let asked: string[] = [];
beforeEach(() => {
  got = [];
  doubted = [];
  asked = [];
  status = 200;
});

const secretsOf = (secret: AgentSecret | undefined): Secrets => ({
  read: async (name) => {
    asked.push(name);
    if (secret === undefined) throw new SecretUnreadable('ResourceNotFoundException');
    return secret;
  },
  doubt: (name) => void doubted.push(name),
});

/** Agents whose names all lead to this machine, which counts as the Internet here. */
const agentsWith = (secret: AgentSecret | undefined = ALL) =>
  makeHttpAgents({
    guard: makeEndpointGuard({
      allowsLoopback: false,
      allowedHosts: undefined,
      resolve: async () => ['127.0.0.1'],
      isPublic: (address) => address === '127.0.0.1',
    }),
    secrets: secretsOf(secret),
    stage: 'prod',
    clock: () => NOON_MS,
  });

const target = (changes = {}, owner = 'acme') => ({
  owner: TenantId.parse(owner),
  definition: agentDefinition('helper', 'debugger', {
    endpoint_url: `https://agent.example:${port}/ask`,
    credentials: { secret: SECRET },
    ...changes,
  }),
});
const patience = () => AbortSignal.timeout(5_000);
const REQUEST = agentRequestOf('why?');
const call = (agents = agentsWith(), to = target()) => agents.call(to, REQUEST, patience());

describe('an HTTPS agent', () => {
  it('gets credentials and a signature that the kit takes', async () => {
    expect(await call()).toMatchObject({ kind: 'answered' });
    const [request] = got;
    expect(request?.host).toBe(`agent.example:${port}`);
    expect(request?.headers).toMatchObject({ authorization: 'Bearer token-of-acme', 'x-api-key': 'k-1' });
    const id = REQUEST.agentMetadata.turnId;
    const check = await verifySignature({ headers: request?.headers ?? {}, body: request?.body ?? '' }, [KEY], NOON_MS);
    expect(check).toEqual({ kind: 'genuine', id });
    expect(asked).toEqual([SECRET]);
  });

  it('gets none without a secret', async () => {
    await call(agentsWith(), target({ credentials: undefined }));
    expect(got[0]?.headers).not.toHaveProperty('authorization');
    expect(asked).toEqual([]);
  });

  it('is checked with them, too, by GET and by POST', async () => {
    for (const changes of [{}, { health_check_url: `https://agent.example:${port}/health` }]) {
      expect(await agentsWith().probe(target(changes), patience())).toMatchObject({ kind: 'replied' });
      const { headers = {}, body = '' } = got.at(-1) ?? {};
      const check = await verifySignature({ headers, body }, [KEY], NOON_MS);
      expect(check).toMatchObject({ kind: 'genuine', id: expect.stringMatching(/^health_/) });
    }
    expect(got.map(({ method }) => method)).toEqual(['POST', 'GET']);
  });

  it('shows them to no other host', async () => {
    const elsewhere = target({ health_check_url: `https://rebind.example:${port}/health` });
    expect(await agentsWith().probe(elsewhere, patience())).toMatchObject({ kind: 'replied' });
    expect(Object.keys(got[0]?.headers ?? {}).join()).not.toMatch(/authorization|x-api-key|webhook/);
    expect(asked).toEqual([]);
  });

  it.each([
    ["another tenant's secret", {}, 'other'],
    ['a secret of another host', { endpoint_url: 'https://rebind.example/' }, 'acme'],
    ['a secret of another stage', { credentials: { secret: SECRET.replace('prod', 'dev') } }, 'acme'],
  ])('rejects a call with %s, and reads none', async (_, changes, owner) => {
    const reason = "the agent's credentials could not be read";
    expect(await call(agentsWith(), target(changes, owner))).toMatchObject({ kind: 'rejected', reason });
    expect(await agentsWith().probe(target(changes, owner), patience())).toMatchObject({
      kind: 'failed',
      reason: 'the secret is not one of this owner and host',
      field: 'credentials.secret',
    });
    expect([asked, got]).toEqual([[], []]);
  });

  it('rejects a call whose secret cannot be read', async () => {
    const agents = makeHttpAgents({
      guard: makeEndpointGuard({ allowsLoopback: false, allowedHosts: undefined, resolve: async () => ['8.8.8.8'] }),
      secrets: secretsOf(undefined),
      stage: 'prod',
      clock: () => NOON_MS,
    });
    expect(await call(agents)).toEqual({
      kind: 'rejected',
      reason: "the agent's credentials could not be read",
      cause: 'ResourceNotFoundException',
    });
    expect(await agents.probe(target(), patience())).toMatchObject({
      reason: 'ResourceNotFoundException',
      field: 'credentials.secret',
    });
  });

  it('survives a secret store that hangs', async () => {
    const secrets: Secrets = {
      read: (_name, signal) =>
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
      doubt: () => undefined,
    };
    const guard = makeEndpointGuard({ allowsLoopback: false, allowedHosts: undefined, resolve: async () => [] });
    const agents = makeHttpAgents({ guard, secrets, stage: 'prod', clock: () => NOON_MS });
    expect(await agents.call(target(), REQUEST, AbortSignal.timeout(30))).toEqual({ kind: 'timed_out' });
  });

  it.each([401, 403])('that answers %i may have a new secret', async (refusal) => {
    status = refusal;
    expect(await call()).toMatchObject({ kind: 'failed', reason: `the agent answered ${refusal}` });
    expect(doubted).toEqual([SECRET]);
    status = 500;
    await call();
    expect(doubted).toEqual([SECRET]);
  });

  it('rejects a certificate of another name', async () => {
    const stranger = target({ endpoint_url: `https://stranger.example:${port}/`, credentials: undefined });
    expect(await call(agentsWith(), stranger)).toEqual({
      kind: 'rejected',
      reason: 'the agent could not be reached',
      cause: 'ERR_TLS_CERT_ALTNAME_INVALID',
    });
    expect(await agentsWith().probe(stranger, patience())).toMatchObject({
      reason: 'could not be reached (ERR_TLS_CERT_ALTNAME_INVALID)',
    });
    expect(got).toEqual([]);
  });

  it('says nothing of what was sent in its reasons and causes', async () => {
    for (const answered of [302, 401, 404, 429, 500]) {
      status = answered;
      const text = JSON.stringify([await call(), await agentsWith().probe(target(), patience())]);
      expect(text).not.toMatch(/token-of-acme|k-1|whsec_|why\?/);
    }
  });
});
