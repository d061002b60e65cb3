import { decide, type RoutableAgent } from '../../functions/domain/routing/decide.ts';
import { KEYWORD_POLICY } from '../../functions/domain/routing/keyword-policy.ts';
import { agentDefinition } from '../twins/samples.ts';
import { quantile } from './quantile.ts';

const ROLES = ['context_analyzer', 'code_generator', 'debugger', 'documentation', 'code_reviewer'];
const MESSAGES = [
  'Explain what this function does and where it is used',
  'Write a Go function that reverses a linked list, with tests',
  'TypeError: Cannot read properties of undefined\n    at load (/app/src/load.ts:12:7)\n    at main (/app/src/main.ts:3:1)',
  'Write a README for this project',
  'Please review this:\n```diff\n@@ -1,2 +1,2 @@\n-const a = 1;\n+const a = 2;\n```',
  `What does this do?\n\`\`\`ts\n${'export const add = (a: number, b: number) => a + b;\n'.repeat(200)}\`\`\``,
];
const WARM_UP = 500;
const DECISIONS = 5_000;

const timesMs = (agents: readonly RoutableAgent[]): number[] => {
  const times: number[] = [];
  for (let count = -WARM_UP; count < DECISIONS; count += 1) {
    const message = MESSAGES[Math.abs(count) % MESSAGES.length] ?? '';
    const startedMs = performance.now();
    decide({ message, attachments: [], agents }, KEYWORD_POLICY);
    if (count >= 0) times.push(performance.now() - startedMs);
  }
  return times;
};

/** How long a decision takes, warm, by the number of registered agents. */
export const measureDecisions = (): Record<string, { p50_ms: number; p99_ms: number }> =>
  Object.fromEntries(
    [5, 100, 1_000].map((count) => {
      const agents = Array.from({ length: count }, (_, index) => ({
        definition: agentDefinition(`agent-${index}`, ROLES[index % ROLES.length] ?? 'debugger'),
        health: 'healthy' as const,
      }));
      const times = timesMs(agents);
      return [`${count}_agents`, { p50_ms: quantile(times, 0.5), p99_ms: quantile(times, 0.99) }];
    }),
  );
