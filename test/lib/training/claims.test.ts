import { expect, test } from 'vitest';
import { ROUTING_POLICY } from '../../../functions/domain/routing/scoring/policy.ts';
import { makeJudgeClaims } from './claims.ts';

/** Somewhat worse than what was reached (docs/routing.md, "Agents by example"). */
test('agents of roles of their own get messages by ten examples, and few that are for the others', () => {
  const { right, wrong, stolen } = makeJudgeClaims(['exam-a'])(10, ROUTING_POLICY.claimFrom);
  expect(right).toBeGreaterThan(0.25);
  expect(wrong).toBeLessThan(0.1);
  expect(stolen).toBeLessThan(0.01);
}, 60_000);
