import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Client } from './client.ts';
import { explainFailures, type OwnCloud, openCloud } from './own-cloud.ts';
import { isLocal } from './target.ts';
import { until } from './until.ts';

/** How long a change of rules may take to be seen, ms, and the time of the requests themselves. */
const SEEN_MS = 6_000;

const SCOPES = ['messages:write', 'messages:read', 'agents:read', 'agents:write'];

const MESSAGE = 'Explain how closures capture their variables';

describe.runIf(isLocal)('routing rules on a running installation', () => {
  let own: OwnCloud;
  let rival: Client;

  beforeAll(async () => {
    own = await openCloud();
    rival = own.client.as(await own.cloud.token({ user: 'eve', tenant: 'rival', scopes: SCOPES }));
    // The instances have their copies of everything before a rule comes.
    await Promise.all([own.client.say(MESSAGE), rival.say(MESSAGE)]);
  });
  afterAll(() => own?.cloud.close());
  explainFailures(() => own);

  const PATH = '/v1/routing/rules';
  const decisionOf = async (client: Client, message: string, fields: object = {}) =>
    (await client.post('/v1/agents/route', { message, ...fields })).body;
  const put = async (client: Client, rules: readonly object[], query = '') => {
    const { headers } = await client.get(PATH + query);
    return client.send('PUT', PATH + query, JSON.stringify({ rules }), {
      headers: { 'if-match': headers.get('etag') ?? '*' },
    });
  };
  const decidedBy = (client: Client, rule: string, message: string, fields: object = {}) =>
    until(
      `a decision by ${rule}`,
      async () => {
        const decision = await decisionOf(client, message, fields);
        return decision.reasons.includes(`rule ${rule}`) ? decision : undefined;
      },
      SEEN_MS,
    );
  const rule = (name: string, when: object, to: object, more: object = {}) => ({ name, when, to, ...more });

  test('decide within 6 s, without a deployment, for the tenant whose they are alone', async () => {
    expect((await decisionOf(own.client, MESSAGE)).role).toBe('context_analyzer');
    const { status, headers } = await put(own.client, [
      rule('closures go to review', { text: { any_of: ['closures'] } }, { role: 'code_reviewer' }),
      rule('tickets', { text: { regex: ['\\bOPS-\\d{1,6}\\b'] } }, { agent_id: 'documentation' }, { priority: 5 }),
      rule('terraform', { files: { glob: ['infra/**/*.tf'] } }, { capability: 'security' }),
    ]);
    expect([status, headers.get('etag')]).toEqual([200, expect.stringMatching(/^"1\./)]);

    const decision = await decidedBy(own.client, 'closures go to review', MESSAGE);
    expect(decision).toMatchObject({ tier: 'rule', target_agent: 'code-reviewer', role: 'code_reviewer' });
    const ticket = await decidedBy(own.client, 'tickets', `${MESSAGE}, see OPS-77`);
    expect(ticket.target_agent).toBe('documentation');
    const attachments = [{ name: 'infra/prod/main.tf', content: '' }];
    const file = await decidedBy(own.client, 'terraform', 'What is wrong here?', { attachments });
    expect(file.target_agent).toBe('code-reviewer');

    const { body } = await own.client.say(MESSAGE);
    // It may hand over what is none of its work.
    expect(body.attempts[0]).toMatchObject({ agent_id: 'code-reviewer' });

    expect((await rival.get(PATH)).body.rules).toEqual([]);
    expect(await decisionOf(rival, MESSAGE)).toMatchObject({ role: 'context_analyzer' });
    expect(JSON.stringify(await decisionOf(rival, MESSAGE))).not.toContain('rule closures');
  });

  test('of all tenants hold for each that they name, after its own', async () => {
    const shared = rule(
      'all closures',
      { text: { any_of: ['closures'] }, tenants: ['rival'] },
      { role: 'documentation' },
    );
    expect((await put(rival, [shared], '?visibility=global')).status).toBe(403);
    const platform = own.client.as(
      await own.cloud.token({ user: 'root', scopes: ['agents:read', 'agents:write', 'platform'] }),
    );
    expect((await put(platform, [shared], '?visibility=global')).status).toBe(200);
    expect(await decidedBy(rival, 'all closures', MESSAGE)).toMatchObject({ target_agent: 'documentation' });
    expect((await decisionOf(own.client, MESSAGE)).reasons).toContain('rule closures go to review');
    expect((await put(platform, [], '?visibility=global')).status).toBe(200);
  });

  test('that are taken back decide no longer', async () => {
    expect((await put(own.client, [])).body).toEqual({ rules: [] });
    await until(
      'a decision without the rule',
      async () => ((await decisionOf(own.client, MESSAGE)).tier === 'rule' ? undefined : true),
      SEEN_MS,
    );
  });

  test('rejects what is wrong, by rule and field, and who knows no version', async () => {
    const bad = rule('bad', { text: { regex: ['(?<!x)y'] } }, { role: 'debugger' });
    const { status, body } = await put(own.client, [bad]);
    expect([status, body.errors[0].path]).toEqual([400, 'rules.0.when.text.regex.0']);
    expect(body.errors[0].message).toContain('rule bad');
    const unversioned = await own.client.send('PUT', PATH, JSON.stringify({ rules: [] }));
    expect([unversioned.status, unversioned.body.code]).toEqual([428, 'VERSION_REQUIRED']);
  });
});
