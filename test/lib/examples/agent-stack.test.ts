import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { afterAll, describe, expect, test } from 'vitest';
import { handler } from '../../../docs/examples/agent-stack/agent.ts';
import { addStacks } from '../../../docs/examples/agent-stack/stack.ts';
import { ask } from '../../agents/ask.ts';
import { StackResources } from '../support/synthesized.ts';

const outdir = mkdtempSync(join(tmpdir(), 'agent-stack-'));
afterAll(() => rmSync(outdir, { recursive: true }));

test('the example stack synthesizes, and its templates fit CloudFormation’s schemas', () => {
  const context = { '@aws-cdk/core:validateAgainstDefaultRules': true };
  const app = new App({ outdir, context, builtinCloudFormationValidation: true, analyticsReporting: false });
  addStacks(app, 'dev');
  const stack = new StackResources(app.synth().getStackByName('changelog-dev').template);
  expect(stack.ofType('Custom::SwitchboardAgent')).toHaveLength(1);
  expect(stack.ofType('AWS::Lambda::Function')).toHaveLength(1);
}, 60_000);

describe('the changelog writer', () => {
  test('sorts conventional commits under headings, breaking ones first', async () => {
    const log = [
      'a1b2c3d feat(export): write CSV',
      '- fix: no empty rows',
      '* chore: pins',
      'feat!: one token for all',
      'BREAKING CHANGE: the old tokens end',
      'Merge branch main',
    ].join('\n');
    const { content, metadata } = await ask(handler, 'Please write the changelog', {
      attachments: [{ name: 'log.txt', content: log }],
    });
    expect(content).toBe(
      [
        '## Unreleased',
        '### Breaking changes\n\n- one token for all\n- the old tokens end',
        '### Added\n\n- **export:** write CSV',
        '### Fixed\n\n- no empty rows',
        'Left out, since users do not notice them: 1.',
      ].join('\n\n'),
    );
    expect(metadata.commits).toBe(5);
  });

  test('asks when there is no commit', async () => {
    expect(await ask(handler, 'Write a changelog')).toMatchObject({ status: 'needs_input' });
  });

  test('survives a megabyte of anything in a moment', async () => {
    const startedMs = performance.now();
    await ask(handler, `feat(${'x('.repeat(250_000)}\n${'feat: '.repeat(80_000)}`);
    expect(performance.now() - startedMs).toBeLessThan(2_000);
  });
});
