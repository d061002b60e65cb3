import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addStacks } from '../../docs/examples/supervisor-stack/stack.ts';
import { explainFailures, type OwnCloud, openCloud } from './own-cloud.ts';
import { isLocal } from './target.ts';
import { registerAgent, startTestAgent, type TestAgent } from './test-agent.ts';
import { until } from './until.ts';

const TIMEOUT_MS = 4_000;

/** The model takes it for a request to explain; to the team, it is an incident. */
const MESSAGE = 'Explain what our pager said about the checkout';

describe.runIf(isLocal)('supervisors on a running installation', () => {
  let own: OwnCloud;
  let silent: TestAgent;

  beforeAll(async () => {
    // Always: which messages the model is unsure of changes with its training.
    own = await openCloud({
      stacks: [addStacks],
      settings: { supervisor: { mode: 'always', timeoutMs: TIMEOUT_MS } },
    });
    silent = await startTestAgent('silent-lead');
  }, 120_000);
  afterAll(async () => {
    await own?.cloud.close();
    await silent?.close();
  });
  explainFailures(() => own);

  test('choose who answers, as the reply, the stored turn and a dry run say', async () => {
    const { body } = await own.client.say(MESSAGE);
    const chosen = {
      ...{ target_agent: 'debugger', role: 'debugger', tier: 'supervisor' },
      reasons: ['the supervisor chose debugger', 'supervisor team-lead: “pager” is for debugger here'],
      supervisors: [{ agent_id: 'team-lead', outcome: 'chose' }],
    };
    expect(body.routing).toMatchObject(chosen);
    // It may hand over what is none of its work.
    expect(body.attempts[0].agent_id).toBe('debugger');
    const turn = await own.client.get(`/v1/conversations/${body.conversation_id}/turns/${body.turn_id}`);
    expect(turn.body.routing).toMatchObject(chosen);
    expect((await own.client.post('/v1/agents/route', { message: MESSAGE })).body).toMatchObject(chosen);
  }, 60_000);

  test('are not asked about a message whose agent the caller named', async () => {
    const { body } = await own.client.say({ message: MESSAGE, agent_id: 'context-analyzer' });
    expect(body.routing).toMatchObject({ tier: 'pinned', target_agent: 'context-analyzer' });
    expect(body.routing).not.toHaveProperty('supervisors');
  });

  test('that hang leave the built-in routing to decide, after their time', async () => {
    silent.behave({ kind: 'hang' });
    // The tenant's own goes before everybody's.
    const definition = { agent_type: 'supervisor', capabilities: ['choose_agent'], visibility: 'tenant' };
    await registerAgent(own.cloud, silent, definition);
    const decision = await until(
      'the silent one is asked',
      async () => {
        const { body } = await own.client.post('/v1/agents/route', { message: MESSAGE });
        return body.supervisors[0].agent_id === 'silent-lead' ? body : undefined;
      },
      6_000 + TIMEOUT_MS,
    );
    expect(decision).toMatchObject({ tier: 'model', supervisors: [{ outcome: 'timed_out' }] });
    const { status, body } = await own.client.say(MESSAGE);
    expect([status, body.routing.tier, body.routing.supervisors.length]).toEqual([200, 'model', 1]);
    expect(body.routing.reasons).toContain('supervisor silent-lead did not answer in time');
    const [call] = silent.callsOf(body.turn_id);
    expect(call?.request).toMatchObject({ message: MESSAGE, agent_metadata: { message_type: 'route_request' } });
    expect(call?.request.candidates?.map(({ agent_id }) => agent_id)).toHaveLength(5);
    expect(own.lines.some((line) => line.includes('"SupervisorsTimedOut"'))).toBe(true);
  }, 60_000);
});
