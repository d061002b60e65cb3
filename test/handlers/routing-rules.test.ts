import { describe, expect, it } from 'vitest';
import { loadLinearRegex } from '../../functions/adapters/linear-regex.ts';
import type { Log, RuleStore } from '../../functions/application/ports.ts';
import { dispatch } from '../../functions/handlers/shared/dispatch.ts';
import { httpReply } from '../../functions/handlers/shared/http-reply.ts';
import { ruleChangeOperations, ruleReadingOperations } from '../../functions/handlers/shared/rule-operations.ts';
import { makeMemoryAgentStore } from '../twins/agent-store.ts';
import { makeMemoryRuleStore } from '../twins/rule-store.ts';
import { agentDefinition, NOON_MS, registeredAgent } from '../twins/samples.ts';
import { fieldsOf, type RequestParts } from './registration-rig.ts';

const TEAM = ['agents:read', 'agents:write'];
const PLATFORM = [...TEAM, 'platform'];
const GLOBAL = { visibility: 'global' };

const makeRig = (over: (store: RuleStore) => Partial<RuleStore> = () => ({})) => {
  const twin = makeMemoryRuleStore();
  const rules = { ...twin, ...over(twin) };
  const lines: { message: string; fields: object }[] = [];
  const say: Log['info'] = (message, fields = {}) => void lines.push({ message, fields });
  const agents = makeMemoryAgentStore([
    registeredAgent(agentDefinition('everybodys', 'debugger')),
    registeredAgent(agentDefinition('ours', 'debugger'), { owner: 'acme' as never }),
  ]);
  const clock = () => NOON_MS;
  const log = { info: say, warn: say, error: say };
  const guarded = {
    ...ruleReadingOperations({ rules }),
    ...ruleChangeOperations({ rules, agents, loadRegex: loadLinearRegex, clock, log }),
  };
  const send = async (httpMethod: string, parts: RequestParts = {}) => {
    const { body, tenant = 'acme', scopes = TEAM, ifMatch, query = {} } = parts;
    const reply = await httpReply(
      {
        httpMethod,
        resource: '/v1/routing/rules',
        headers: { 'content-type': 'application/json', ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }) },
        queryStringParameters: query,
        body: body === undefined ? null : JSON.stringify(body),
        isBase64Encoded: false,
        requestContext: {
          requestId: 'r-1',
          path: '/prod/v1/routing/rules',
          authorizer: { tenant, user_id: 'ann', scopes: scopes.join(' '), expires_at: String(NOON_MS / 1000 + 60) },
        },
      },
      (event) => dispatch({ guarded }, event, NOON_MS),
    );
    return { status: reply.statusCode, etag: reply.headers.etag ?? '', body: JSON.parse(reply.body) };
  };
  const put = (rules: readonly object[], parts: RequestParts = {}) =>
    send('PUT', { body: { rules }, ifMatch: '*', ...parts });
  return { send, put, lines };
};

const rule = (more: object = {}) => ({
  name: 'billing',
  when: { text: { any_of: ['invoice'] } },
  to: { role: 'debugger' },
  ...more,
});

describe('routing rules', () => {
  it('are none at first, and then what was put, with what it left out', async () => {
    const { send, put } = makeRig();
    const before = await send('GET');
    expect(before).toMatchObject({ status: 200, body: { rules: [] } });
    const written = await put([rule()], { ifMatch: before.etag });
    expect(written).toMatchObject({ status: 200, body: { rules: [{ ...rule(), priority: 0, enabled: true }] } });
    expect(await send('GET')).toEqual(written);
    expect(await send('PUT', { body: written.body, ifMatch: written.etag })).toMatchObject({ status: 200 });
  });

  it('rejects whoever does not say what they change, and whoever does not know what is there', async () => {
    const { send, put } = makeRig();
    const { etag } = await send('GET');
    expect(await send('PUT', { body: { rules: [] } })).toMatchObject({
      status: 428,
      body: { code: 'VERSION_REQUIRED' },
    });
    await put([rule()]);
    expect(await put([], { ifMatch: etag })).toMatchObject({ status: 412, body: { code: 'VERSION_STALE' } });
    expect((await put([], { ifMatch: `W/${etag}` })).body.detail).toContain('weak');
    expect((await send('GET')).body.rules).toHaveLength(1);
  });

  it('rejects a writer that another was faster than', async () => {
    const { put } = makeRig((twin) => ({
      put: async (owner, rules, version, signal) => {
        await twin.put(owner, [], version, signal);
        return twin.put(owner, rules, version, signal);
      },
    }));
    expect(await put([rule()])).toMatchObject({ status: 412 });
  });

  it("are each tenant's own", async () => {
    const { send, put } = makeRig();
    await put([rule()]);
    expect((await send('GET', { tenant: 'beta' })).body.rules).toEqual([]);
    await put([], { tenant: 'beta' });
    expect((await send('GET')).body.rules).toHaveLength(1);
  });

  it('of all tenants are for the platform alone, since they may name tenants', async () => {
    const { send, put } = makeRig();
    const shared = [rule({ when: { tenants: ['beta'] } })];
    expect((await put(shared, { query: GLOBAL })).status).toBe(403);
    expect((await put(shared, { query: GLOBAL, scopes: PLATFORM })).status).toBe(200);
    expect((await send('GET', { query: GLOBAL })).status).toBe(403);
    expect((await send('GET', { query: GLOBAL, scopes: PLATFORM })).body.rules).toHaveLength(1);
    expect((await send('GET', { scopes: PLATFORM })).body.rules).toEqual([]);
  });

  it.each([
    [['agents:read'], 'PUT'],
    [['agents:write'], 'GET'],
  ])('rejects who has only %s, at %s', async (scopes, method) => {
    const { send } = makeRig();
    expect((await send(method, { scopes, body: { rules: [] }, ifMatch: '*' })).status).toBe(403);
  });

  it.each([
    [rule({ to: { role: 'juggler' } }), 'rules.1.to.role'],
    [rule({ when: { text: { any_of: ['x'], weather: 1 } } }), 'rules.1.when.text.weather'],
    [rule({ when: { text: { regex: ['('] } } }), 'rules.1.when.text.regex.0'],
    [rule({ when: { text: { regex: ['(?=x)'] } } }), 'rules.1.when.text.regex.0'],
    [rule({ when: { text: { regex: ['('] } }, enabled: false }), 'rules.1.when.text.regex.0'],
    [rule({ when: { tenants: ['acme'] } }), 'rules.1.when.tenants'],
    [rule({ to: { agent_id: 'nobody' } }), 'rules.1.to.agent_id'],
  ])('rejects %j by rule and field, and keeps what was there', async (bad, path) => {
    const { send, put } = makeRig();
    await put([rule()]);
    const { status, body } = await put([rule({ name: 'fine' }), { ...bad, name: 'the bad one' }]);
    expect([status, body.code, fieldsOf(body)]).toEqual([400, 'INVALID_REQUEST', [path]]);
    expect(body.errors[0].message).toContain('(rule the bad one)');
    expect((await send('GET')).body.rules.map(({ name }: { name: string }) => name)).toEqual(['billing']);
  });

  it.each([[null], [[]], ['x'], [{ rules: 7 }], [{ rules: [7] }], [{ rules: [null] }], [{ rules: [{ name: 7 }] }]])(
    'rejects %j',
    async (body) => {
      expect(await makeRig().send('PUT', { body, ifMatch: '*' })).toMatchObject({ status: 400 });
    },
  );

  it("may name the tenant's agents and everybody's, and those of all tenants everybody's alone", async () => {
    const { put } = makeRig();
    const naming = (agentId: string) => [rule({ to: { agent_id: agentId } })];
    expect((await put(naming('ours'))).status).toBe(200);
    expect((await put(naming('everybodys'))).status).toBe(200);
    expect((await put(naming('ours'), { tenant: 'beta' })).status).toBe(400);
    const platform = { query: GLOBAL, scopes: PLATFORM };
    expect(fieldsOf((await put(naming('ours'), platform)).body)).toEqual(['rules.0.to.agent_id']);
    expect((await put(naming('everybodys'), platform)).status).toBe(200);
  });

  it('leave an audit record of who changed whose, without their content', async () => {
    const { put, lines } = makeRig();
    await put([rule()]);
    await put([rule({ to: { role: 'juggler' } })]);
    const fields = { act: 'replace_rules', owner: 'acme', version: 1, tenant: 'acme', user_id: 'ann' };
    expect(lines).toEqual([{ message: 'audit', fields }]);
  });

  it('survive those that cannot be read: they are named, and sending them back as they are is refused', async () => {
    const { send } = makeRig(() => ({
      get: async () => ({ rules: [], unreadable: ['of tomorrow'], version: 3, writtenAtMs: NOON_MS }),
    }));
    const { body, etag } = await send('GET');
    expect(body).toEqual({ rules: [], unreadable: ['of tomorrow'] });
    expect(fieldsOf((await send('PUT', { body, ifMatch: etag })).body)).toEqual(['unreadable']);
  });
});
