import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { RoutingRules } from '../../../../functions/domain/contract/routing-rules.ts';
import { firstHit } from '../../../../functions/domain/routing/rules/first-hit.ts';
import { compiled, subject } from './samples.ts';

const TEXT = readFileSync(new URL('../../../../docs/routing-rules.md', import.meta.url), 'utf8');
const bodies = [...TEXT.matchAll(/-d '(\{.*?\})'/gs)].map(([, json = '']) => JSON.parse(json));

it("the documentation's rules are rules, and catch its message as it says", () => {
  const [own, message, shared] = bodies;
  const rules = compiled(RoutingRules.decode(own).rules);
  expect(firstHit(rules, subject(message.message), 'default')?.rule).toBe('incidents');
  expect(firstHit(rules, subject('please apply it', 'prod/main.tf'), 'default')?.rule).toBe('terraform is reviewed');
  expect(RoutingRules.decode(shared).rules).toHaveLength(1);
  expect(bodies).toHaveLength(3);
});
