import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type App, Stack } from 'aws-cdk-lib';
import { afterAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { addStacks, CHANGELOG_WRITER } from '../../docs/examples/agent-stack/stack.ts';
import { ROUTING_POLICY, RoutingPolicy } from '../../functions/domain/routing/scoring/policy.ts';
import { AgentFunction } from '../../lib/constructs/agent-function.ts';
import { runTool } from '../check/run-tool.ts';
import { explainFailures, type OwnCloud, openCloud } from './own-cloud.ts';
import { isLocal } from './target.ts';
import { until } from './until.ts';

const COMMITS = 'feat(export): write CSV\nfix: no empty rows';
const ENTRY = join(import.meta.dirname, '../../docs/examples/agent-stack/agent.ts');

/** The example's stack after its team has changed the definition. */
const addChangedStacks = (app: App, stage: string): void => {
  const definition = { ...CHANGELOG_WRITER, name: 'Writer of changelogs', description: 'Ours.', timeout_seconds: 1 };
  new AgentFunction(new Stack(app, `changelog-${stage}`), 'ChangelogWriter', { stage, entry: ENTRY, definition });
};

/** Each test goes on where the one before ended: one agent's life. */
describe.runIf(isLocal)('the agent of a team’s own stack', () => {
  const dataDir = join(mkdtempSync(join(tmpdir(), 'agent-stack-')), 'data');
  let own: OwnCloud | undefined;
  const restart = async (stacks: readonly ((app: App, stage: string) => void)[]): Promise<OwnCloud> => {
    await own?.cloud.close();
    own = await openCloud({ dataDir, stacks });
    return own;
  };
  afterAll(async () => {
    await own?.cloud.close();
    rmSync(join(dataDir, '..'), { recursive: true });
  });
  explainFailures(() => own as OwnCloud);

  test('is registered at deployment and gets messages by pin and by specialization', async () => {
    const { client } = await restart([addStacks]);
    const { body: agent } = await client.get('/v1/agents/changelog-writer');
    expect(agent).toMatchObject({ health: 'healthy', visibility: 'global', timeout_seconds: 10 });
    expect(agent.endpoint_url).toMatch(/^arn:aws:lambda:.*:live$/);
    const pinned = await client.say({ message: COMMITS, agent_id: 'changelog-writer' });
    expect(pinned.body.response.content).toContain('### Added\n\n- **export:** write CSV');
    const found = await client.say('Write the changelog of these conventional-commits:\nfeat(export): write CSV');
    expect(found.body.routing.candidates[0]).toMatchObject({
      agent_id: 'changelog-writer',
      signals: { specialization: expect.any(Number) },
    });
    expect(found.body.routing.candidates[0].signals.specialization).toBeGreaterThan(0);
    expect(found.body.target_agent).toBe('changelog-writer');
  }, 120_000);

  test('would lose to the one that its user prefers under another policy, as a replay of the conversation says', async () => {
    const message = 'Write the changelog of these conventional-commits:\nfix: no empty rows';
    const user_preferences = { preferred_agents: ['documentation'] };
    const said = await (own as OwnCloud).client.say({ message, user_preferences, conversation_id: 'replayed' });
    expect(said.body.target_agent).toBe('changelog-writer');
    const policy = { ...ROUTING_POLICY, version: 'as-preferred', weights: { ...ROUTING_POLICY.weights, preferred: 5 } };
    const file = join(dataDir, '..', 'policy.json');
    writeFileSync(file, JSON.stringify(z.encode(RoutingPolicy, policy)));
    const args = ['--conversation', 'replayed', '--data', dataDir, '--policy', file, '--json'];
    const { status, stdout, stderr } = await runTool('node', ['lib/replay/start.mjs', ...args]);
    expect([status, stderr]).toEqual([0, '']);
    const [turn, { summary }] = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(turn).toMatchObject({
      ...{ turn_id: said.body.turn_id, verdict: 'agent', from: 'changelog-writer', to: 'documentation' },
      because: [{ field: 'weights.preferred', was: ROUTING_POLICY.weights.preferred, now: 5 }],
    });
    expect(summary).toMatchObject({ decisions: 1, changed: 1, model: { read: 1, other_role: 0 } });
  }, 60_000);

  test('is updated when its stack is, and what others changed meanwhile stays', async () => {
    const { headers } = await (own as OwnCloud).client.get('/v1/agents/changelog-writer');
    const patched = await (own as OwnCloud).client.send(
      'PATCH',
      '/v1/agents/changelog-writer?visibility=global',
      JSON.stringify({ description: 'Theirs.', tags: ['beta'] }),
      { headers: { 'if-match': headers.get('etag') ?? '' } },
    );
    expect(patched.status).toBe(200);
    const { client, lines } = await restart([addChangedStacks]);
    expect((await client.get('/v1/agents/changelog-writer')).body).toMatchObject({
      name: 'Writer of changelogs',
      description: 'Theirs.',
      tags: ['beta'],
    });
    expect(lines.find((line) => line.includes('agent deployed'))).toMatch(/"kept":\["description","tags"\]/);
  }, 120_000);

  test('drains when its stack goes, and is gone when its last turn would be over', async () => {
    const { client, faults, lines } = await restart([]);
    const look = () => client.get('/v1/agents/changelog-writer');
    const draining = await until('it drains', async () => (await look()).body.draining_until);
    const pinned = await client.say({ message: COMMITS, agent_id: 'changelog-writer' });
    expect([pinned.status, pinned.body.code]).toEqual([404, 'AGENT_NOT_FOUND']);
    expect(Date.parse(draining)).toBeGreaterThan(Date.now());
    expect(lines.find((line) => line.includes('agent deregistered'))).toBeUndefined();
    await until('it is gone', async () => ((await look()).status === 404 ? true : undefined));
    await until('its record is removed', () => lines.find((line) => line.includes('agent deregistered')));
    expect((await client.get('/v1/agents')).body.agents).toHaveLength(5);
    expect(faults).toEqual([]);
  }, 120_000);
});
