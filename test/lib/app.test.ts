import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT, runTool } from '../check/run-tool.ts';

const synthesize = (context: Record<string, unknown>) =>
  runTool('node', [join(ROOT, 'lib/app.ts')], { env: { CDK_CONTEXT_JSON: JSON.stringify(context) } });

test.each([
  ['the stage of the local cloud, where agents on loopback addresses may be called', { stage: 'local' }, /^stage: /m],
  ['a stage without an issuer', { stage: 'dev' }, /^oidcIssuer: /m],
])('deployment rejects %s in one line', async (_, context, message) => {
  const { status, stderr } = await synthesize(context);
  expect(status).toBe(1);
  expect(stderr).toMatch(message);
  expect(stderr.trim().split('\n')).toHaveLength(2);
});
