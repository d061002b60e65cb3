import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { AgentDefinition } from '../../functions/domain/contract/agent.ts';
import { decide } from '../../functions/domain/routing/decide.ts';
import type { RoutableAgent } from '../../functions/domain/routing/routing-input.ts';
import { ROUTING_POLICY } from '../../functions/domain/routing/scoring/policy.ts';
import { builtInDefinitions } from '../../lib/built-in-agents.ts';
import { ROOT } from '../check/run-tool.ts';
import { readIntent } from '../routing-model.ts';

const ARN = 'arn:aws:lambda:eu-central-1:123456789012:function:built-in:live';

const routable = (owner: string, definition: unknown): RoutableAgent => ({
  owner,
  definition: z.decode(AgentDefinition, definition as z.input<typeof AgentDefinition>),
  health: 'healthy',
  p50Ms: null,
  errorRate: null,
});

test("the README's own agent gets the messages that it is for, and the built-in one the others", () => {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
  const [, json] = /-d '(\{"agent_id": "python-reviewer".*?\})'/s.exec(readme) ?? [];
  if (json === undefined) throw new Error('the README registers no agent');
  const agents = [
    ...builtInDefinitions(() => ARN).map((definition) => routable('global', definition)),
    routable('default', JSON.parse(json)),
  ];
  const targetOf = (message: string) =>
    decide({ message, attachments: [], agents }, ROUTING_POLICY, readIntent).decision.targetAgent;
  expect(targetOf('Please review this Python function\n```python\ndef f(a=[]):\n    return a\n```')).toBe(
    'python-reviewer',
  );
  expect(targetOf('Please review this Java class\n```java\nclass A {}\n```')).toBe('code-reviewer');
});
