import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type SignedRequest, verifySignature } from '../../functions/agents/kit/verify-signature.ts';
import type { Client } from './client.ts';
import { explainFailures, type OwnCloud, openCloud } from './own-cloud.ts';
import { isLocal } from './target.ts';
import { startTestAgent, type TestAgent } from './test-agent.ts';
import { until } from './until.ts';

/** How long a change may take to reach every instance, by the cloud's clock. */
const SEEN_MS = 5_000;

/** Roles of a team's own, as its settings add them; nothing but its examples says what the second is for. */
const ROLES = {
  translator: { capabilities: ['translate'], phrases: ['translate', 'auf Deutsch'] },
  travel: { capabilities: ['book'] },
};

const TRIPS = [
  'book me a train to Munich on Thursday morning',
  'I need a hotel near the Lisbon office for three nights',
  'my flight to Oslo was cancelled, find me another one',
  'change my return flight from Boston to Sunday',
  'which rental car may I take in Spain',
  'is there a shuttle from the airport to the hotel',
  'book two seats on the night train to Vienna',
  'cancel my hotel room in Porto',
  'what is the cheapest flight to Dublin next Monday',
  'add a bag to my flight to Denver',
];

const statusOf = async (client: Client, agentId: string) =>
  (await client.get('/v1/agents/status')).body.agents.find(
    ({ agent_id }: { agent_id: string }) => agent_id === agentId,
  );

describe.runIf(isLocal)('an agent that comes to a running installation', () => {
  let own: OwnCloud;
  let agent: TestAgent;
  let otherTenant: Client;

  const definition = (fields: Record<string, unknown> = {}) => ({
    agent_id: agent.agentId,
    agent_type: 'code_generator',
    name: 'The sixth',
    description: 'Writes Zig.',
    capabilities: ['implement'],
    specializations: ['zig'],
    endpoint_url: agent.url,
    timeout_seconds: 10,
    ...fields,
  });
  const register = (fields: Record<string, unknown> = {}, client: Client = own.client) =>
    client.post('/v1/agents', definition(fields));
  const say = (message: string, fields: Record<string, unknown> = {}) => own.client.say({ message, ...fields });
  const runMonitor = () => own.control.runSchedules();

  beforeAll(async () => {
    agent = await startTestAgent('sixth');
    own = await openCloud({ settings: { roles: ROLES } });
    otherTenant = own.client.as(await own.cloud.token({ user: 'eve', tenant: 'rival' }));
    // Every instance has its copy of the registry before the agent comes.
    await say('Explain closures');
  });
  afterAll(async () => {
    await own?.cloud.close();
    await agent?.close();
  });
  explainFailures(() => own);

  test('is registered, and within 5 s messages reach it by pin and by specialization', async () => {
    const { status, body, headers } = await register();
    expect([status, body.version, body.health]).toEqual([201, 1, 'healthy']);
    expect(headers.get('etag')).toBe((await own.client.get('/v1/agents/sixth')).headers.get('etag'));
    expect(headers.get('location')).toBe('/v1/agents/sixth');
    const pinned = await until(
      'the router sees it',
      async () => {
        const reply = await say('Hello there', { agent_id: 'sixth' });
        return reply.status === 200 ? reply : undefined;
      },
      SEEN_MS,
    );
    expect(pinned.body).toMatchObject({ target_agent: 'sixth', routing: { tier: 'pinned' } });
    const zig = await say('Write a function in Zig that reverses a list');
    expect(zig.body).toMatchObject({ target_agent: 'sixth', routing: { role: 'code_generator', tier: 'model' } });
    const python = await say('Write a function in Python that reverses a list');
    expect(python.body.target_agent).toBe('code-generator');
  });

  test('of a role of its own, messages reach by rule', async () => {
    const translator = {
      agent_id: 'tolk',
      agent_type: 'translator',
      description: 'Translates texts.',
      capabilities: ['translate'],
      specializations: [],
    };
    expect((await register(translator)).status).toBe(201);
    await own.control.advanceClock(SEEN_MS);
    const { body } = await say('Please translate the names in this module');
    expect(body).toMatchObject({ target_agent: 'tolk', routing: { role: 'translator', tier: 'rule' } });
    const wrong = await register({ ...translator, agent_id: 'tolk-2', capabilities: ['implement'] });
    expect(wrong.body).toMatchObject({ code: 'INVALID_REQUEST', errors: [{ path: 'capabilities.0' }] });
  });

  test('of a role of its own, messages that it has never seen reach by its examples', async () => {
    const travel = { agent_id: 'travel-desk', agent_type: 'travel', capabilities: ['book'], specializations: [] };
    const described = { ...travel, description: 'Books business trips.', examples: TRIPS };
    expect((await register(described)).status).toBe(201);
    await own.control.advanceClock(SEEN_MS);
    const { body } = await say('please find me a flight to Hamburg tomorrow evening');
    expect(body).toMatchObject({ target_agent: 'travel-desk', routing: { role: 'travel', tier: 'model' } });
    expect(body.routing.reasons).toContain('resembles what travel-desk is for');
    const broken = await say('TypeError: x is undefined\n    at pay (/srv/pay.js:4:2)');
    expect(broken.body.routing).toMatchObject({ role: 'debugger', target_agent: 'debugger' });
    // Its profile follows its examples.
    const changed = await own.client.send(
      'PATCH',
      '/v1/agents/travel-desk',
      JSON.stringify({ examples: [], description: '' }),
      {
        headers: { 'if-match': '*' },
      },
    );
    expect(changed.status).toBe(200);
    await own.control.advanceClock(SEEN_MS);
    expect((await say('please find me a flight to Paris this evening')).body.target_agent).not.toBe('travel-desk');
  });

  test('is its tenant’s own: another tenant has the same id and sees nothing of it', async () => {
    expect((await otherTenant.get('/v1/agents/sixth')).status).toBe(404);
    expect((await register({ name: 'Of the rival' }, otherTenant)).status).toBe(201);
    expect((await own.client.get('/v1/agents/sixth')).body.name).toBe('The sixth');
    const again = await register();
    expect([again.status, again.body.code]).toEqual([409, 'AGENT_EXISTS']);
  });

  test('is changed by exactly one of two writers', async () => {
    const { headers } = await own.client.get('/v1/agents/sixth');
    const etag = headers.get('etag') ?? '';
    const rename = (name: string) =>
      own.client.send('PATCH', '/v1/agents/sixth', JSON.stringify({ name }), { headers: { 'if-match': etag } });
    const replies = await Promise.all(['A', 'B', 'C', 'D'].map(rename));
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412]);
    const winner = replies.find(({ status }) => status === 200);
    const stored = await own.client.get('/v1/agents/sixth');
    expect(stored.body.name).toBe(winner?.body.name);
    expect(stored.headers.get('etag')).toBe(winner?.headers.get('etag'));
  });

  test('shows its death after two runs of the monitor, and its recovery after two more', async () => {
    agent.behave({ kind: 'down' });
    await runMonitor();
    expect(await statusOf(own.client, 'sixth')).toMatchObject({ health: 'healthy', health_reason: expect.any(String) });
    await runMonitor();
    expect(await statusOf(own.client, 'sixth')).toMatchObject({ health: 'unhealthy', response_time_ms: null });
    await own.control.advanceClock(SEEN_MS);
    const elsewhere = await say('Write a function in Zig that reverses a list');
    expect(elsewhere.body.target_agent).toBe('code-generator');
    expect(elsewhere.body.routing.candidates).toContainEqual(
      expect.objectContaining({ agent_id: 'sixth', rejected: 'unhealthy' }),
    );

    agent.behave({ kind: 'answer' });
    await runMonitor();
    expect((await statusOf(own.client, 'sixth')).health).toBe('unhealthy');
    await runMonitor();
    const recovered = await statusOf(own.client, 'sixth');
    expect(recovered).toMatchObject({ health: 'healthy', health_reason: null, circuit: 'closed' });
    expect(recovered.uptime).toBeGreaterThan(0);
    expect(recovered.uptime).toBeLessThan(1);
    await until(
      'messages come back',
      async () => ((await say('Write a Zig function')).body.target_agent === 'sixth' ? true : undefined),
      SEEN_MS + 2_000,
    );
  });

  test('shows how fast it is, as the routers measured it', async () => {
    for (let turn = 0; turn < 5; turn += 1) await say('Write a Zig function', { agent_id: 'sixth' });
    // What is counted is flushed beside a later turn, and the monitor takes minutes that are over.
    await own.control.advanceClock(20_000);
    await say('Write a Zig function', { agent_id: 'sixth' });
    await own.control.advanceClock(90_000);
    await runMonitor();
    const status = await statusOf(own.client, 'sixth');
    expect(status.calls).toBeGreaterThanOrEqual(5);
    expect(status.error_rate).toBe(0);
    expect(status.p50_ms).toBeGreaterThan(0);
    expect(status.p95_ms).toBeGreaterThanOrEqual(status.p50_ms);
  });

  test('over HTTP gets its credentials and a signature, which nobody else sees', async () => {
    const seen: SignedRequest[] = [];
    const server = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (chunk: string) => {
        body += chunk;
      });
      request.on('end', () => {
        seen.push({ headers: request.headers, body });
        response.setHeader('content-type', 'application/json').end('{"status":"healthy","content":"Signed."}');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/agent`;
    const signingKey = `whsec_${randomBytes(32).toString('base64')}`;
    const secret = { bearer: 'planted-bearer', headers: { 'x-api-key': 'planted-key' }, signing_key: signingKey };
    const name = 'switchboard/local/t-default/127.0.0.1/sealed';
    const stored = await fetch(`${own.client.url}/_local/secrets/${encodeURIComponent(name)}`, {
      method: 'PUT',
      body: JSON.stringify(secret),
    });
    expect(stored.ok).toBe(true);
    const registered = await register({ agent_id: 'sealed', endpoint_url: url, credentials: { secret: name } });
    expect(registered.status).toBe(201);
    await own.control.advanceClock(SEEN_MS);
    const { body } = await say('Write a Zig function', { agent_id: 'sealed' });
    expect(body).toMatchObject({ status: 'answered', response: { content: 'Signed.' } });

    expect(seen.length).toBeGreaterThanOrEqual(2);
    const nowMs = await own.cloud.clock.now();
    for (const request of seen) {
      expect(request.headers).toMatchObject({ authorization: 'Bearer planted-bearer', 'x-api-key': 'planted-key' });
      expect(await verifySignature(request, [signingKey], nowMs)).toMatchObject({ kind: 'genuine' });
    }
    expect(await verifySignature(seen.at(-1) as SignedRequest, [signingKey], nowMs)).toMatchObject({
      id: body.turn_id,
    });
    const shown = JSON.stringify([own.lines, body, registered.body, await own.control.calls()]);
    expect(shown).not.toMatch(
      new RegExp(
        ['planted-bearer', 'planted-key', signingKey.slice(6, 30)].map((text) => text.replaceAll('+', '\\+')).join('|'),
      ),
    );
    server.close();
    server.closeAllConnections();
  });

  test('drains when it is deregistered: turns at work finish, new ones do not reach it, then it is gone', async () => {
    const named = await register({ agent_id: 'apprentice', backup_agents: ['sixth'] });
    expect(named.status).toBe(201);
    agent.behave({ kind: 'answer', delayMs: 4_000 });
    const before = agent.calls.length;
    const atWork = say('Write a Zig function', { agent_id: 'sixth' });
    await until('the agent is called', () => agent.calls[before]);

    const { status, body } = await own.client.send('DELETE', '/v1/agents/sixth');
    expect([status, body.agent_id]).toEqual([202, 'sixth']);
    expect((await own.client.send('DELETE', '/v1/agents/sixth')).body).toEqual(body);
    expect(body.references).toEqual([{ agent_id: 'apprentice', field: 'backup_agents' }]);
    await own.control.advanceClock(SEEN_MS);
    const seen = agent.calls.length;
    const refused = await say('Write a Zig function', { agent_id: 'sixth' });
    expect([refused.status, refused.body.code]).toEqual([404, 'AGENT_NOT_FOUND']);
    expect(agent.calls).toHaveLength(seen);
    expect((await say('Write a function in Zig')).body.target_agent).not.toBe('sixth');
    expect((await atWork).body).toMatchObject({ status: 'answered', target_agent: 'sixth' });
    expect((await own.client.get('/v1/agents/sixth')).body.draining_until).toBe(body.draining_until);

    await own.control.advanceClock(60_000);
    await runMonitor();
    expect((await own.client.get('/v1/agents/sixth')).status).toBe(404);
    expect(await statusOf(own.client, 'sixth')).toBeUndefined();
    expect((await otherTenant.get('/v1/agents/sixth')).body.name).toBe('Of the rival');
  });
});
