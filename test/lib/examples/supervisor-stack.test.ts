import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { afterAll, describe, expect, test } from 'vitest';
import { addStacks } from '../../../docs/examples/supervisor-stack/stack.ts';
import { handler } from '../../../docs/examples/supervisor-stack/supervisor.ts';
import { context, request } from '../../agents/ask.ts';
import { StackResources } from '../support/synthesized.ts';

const outdir = mkdtempSync(join(tmpdir(), 'supervisor-stack-'));
afterAll(() => rmSync(outdir, { recursive: true }));

test('the example stack synthesizes', () => {
  const app = new App({ outdir, analyticsReporting: false });
  addStacks(app, 'dev');
  const stack = new StackResources(app.synth().getStackByName('team-lead-dev').template);
  expect(stack.ofType('Custom::SwitchboardAgent')).toHaveLength(1);
}, 60_000);

describe('the team lead', () => {
  const candidate = (agent_id: string, role: string) => ({
    ...{ agent_id, role, capabilities: [], specializations: [], score: 1, signals: {}, reasons: [] },
  });
  const CANDIDATES = [candidate('explainer', 'context_analyzer'), candidate('fixer', 'debugger')];
  const chooses = async (message: string, candidates: readonly object[] = CANDIDATES) =>
    handler({ ...request(message, { message_type: 'route_request', role: 'supervisor' }), candidates }, context);

  test.each([
    ['What did our pager say?', { agent_id: 'fixer', reason: '“pager” is for debugger here' }],
    ['What does this do?', { agent_id: 'explainer', reason: 'none of our words is in it' }],
    ['Put it into the runbook', { agent_id: 'explainer', reason: 'none of our words is in it' }],
    ['thanks!', { role: 'none', reason: 'small talk' }],
  ])('chooses: %s', async (message, route) => {
    expect(await chooses(message)).toMatchObject({ content: '', route });
  });

  test('chooses nobody where nobody is', async () => {
    expect(await chooses('What does this do?', [])).not.toHaveProperty('route');
  });
});
