import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { AgentDefinition } from '../../../functions/domain/contract/agent.ts';
import { mergeDefinitions } from '../../../functions/domain/registry/merge-definitions.ts';
import { agentDefinition } from '../../twins/samples.ts';

type Changes = Readonly<Record<string, unknown>>;

const agent = (changes: Changes = {}) => agentDefinition('a', 'documentation', changes);
const wireOf = (definition: AgentDefinition) => z.encode(AgentDefinition, definition) as Changes;
const merge = (deployed: Changes | undefined, record: Changes, next: Changes) => {
  const merged = mergeDefinitions(deployed && agent(deployed), agent(record), agent(next));
  return { ...merged, definition: wireOf(merged.definition) };
};

const ONE = { timeout_seconds: 1 };
const TWO = { timeout_seconds: 2 };
const THREE = { timeout_seconds: 3 };

describe('a field that was changed', () => {
  test.each([
    ['by nobody stays', ONE, ONE, ONE, ONE, [], []],
    ['in the deployment alone is the deployment’s', ONE, ONE, TWO, TWO, ['timeout_seconds'], []],
    ['in the record alone is kept', ONE, TWO, ONE, TWO, [], ['timeout_seconds']],
    ['in both to the same stays', ONE, TWO, TWO, TWO, [], []],
    ['in both is kept', ONE, TWO, THREE, TWO, [], ['timeout_seconds']],
    ['by somebody before the first deployment is kept', undefined, TWO, ONE, TWO, [], ['timeout_seconds']],
    ['by nobody before the first deployment stays', undefined, ONE, ONE, ONE, [], []],
  ] as const)('%s', (_, deployed, record, next, expected, changed, kept) => {
    const merged = merge(deployed, record, next);
    expect(merged.definition).toMatchObject(expected);
    expect(merged).toMatchObject({ changed, kept });
  });
});

test('a field that the deployment no longer has is taken away, one that somebody took away stays so', () => {
  const range = { complexity_range: { min: 0.1, max: 0.5 } };
  expect(merge(range, range, {}).definition).not.toHaveProperty('complexity_range');
  expect(merge(range, {}, range)).toMatchObject({ kept: ['complexity_range'] });
  expect(merge(range, {}, range).definition).not.toHaveProperty('complexity_range');
  expect(merge({}, range, {}).definition).toMatchObject(range);
});

test('fields are judged one by one, lists and objects as a whole', () => {
  const deployed = { description: 'old', specializations: ['md', 'rst'], tags: ['x'] };
  const record = { ...deployed, description: 'theirs', specializations: ['rst', 'md'] };
  const next = { ...deployed, specializations: ['md', 'rst', 'adoc'], tags: ['x', 'y'] };
  const merged = merge(deployed, record, next);
  expect(merged.kept).toEqual(['description', 'specializations']);
  expect(merged.changed).toEqual(['tags']);
  expect(merged.definition).toMatchObject({
    description: 'theirs',
    specializations: ['rst', 'md'],
    tags: ['x', 'y'],
  });
});

test('on the first deployment, a Lambda function of the record gives way and an HTTPS endpoint does not', () => {
  const mine = { endpoint_url: 'arn:aws:lambda:eu-central-1:123456789012:function:new:live' };
  const old = { endpoint_url: 'arn:aws:lambda:eu-central-1:123456789012:function:old:live' };
  const theirs = { endpoint_url: 'https://agents.example.com/a' };
  expect(merge(undefined, old, mine)).toMatchObject({ definition: mine, changed: ['endpoint_url'], kept: [] });
  expect(merge(undefined, theirs, mine)).toMatchObject({ definition: theirs, kept: ['endpoint_url'] });
  expect(merge(old, theirs, mine)).toMatchObject({ definition: theirs, kept: ['endpoint_url'] });
});

test('survives changes that do not fit together: the record is kept as a whole', () => {
  const deployed = { capabilities: ['readme'] };
  const record = { capabilities: ['adr'], description: 'theirs' };
  const next = { agent_type: 'debugger', capabilities: ['crashes'], name: 'new' };
  const merged = merge(deployed, record, next);
  expect(merged.definition).toEqual(wireOf(agent(record)));
  expect(merged.changed).toEqual([]);
  expect(merged.kept).toEqual(['agent_type', 'capabilities', 'description', 'name']);
});

describe('for all changes', () => {
  const value = fc.constantFrom('one', 'two', 'three');
  const fields = fc.record({
    name: value,
    description: value,
    specializations: fc.array(value, { maxLength: 2 }),
    tags: fc.array(value, { maxLength: 2 }),
    max_context_tokens: fc.option(fc.constantFrom(256, 512), { nil: undefined }),
  });
  const json = (given: unknown): string => JSON.stringify(given) ?? 'absent';

  test('what somebody changed is in the outcome, and what differs from the deployment is told', () => {
    fc.assert(
      fc.property(fields, fields, fields, (deployed, record, next) => {
        const base = wireOf(agent(deployed));
        const [present, wanted] = [wireOf(agent(record)), wireOf(agent(next))];
        const { definition, changed, kept } = merge(deployed, record, next);
        for (const name of new Set([...Object.keys(present), ...Object.keys(wanted)])) {
          const isTheirs = json(present[name]) !== json(base[name]);
          expect(json(definition[name])).toBe(json((isTheirs ? present : wanted)[name]));
          expect(kept.includes(name)).toBe(json(definition[name]) !== json(wanted[name]));
          expect(changed.includes(name)).toBe(json(definition[name]) !== json(present[name]));
        }
      }),
    );
  });

  test('the same deployment again changes nothing', () => {
    fc.assert(
      fc.property(fc.option(fields, { nil: undefined }), fields, fields, (deployed, record, next) => {
        const first = mergeDefinitions(deployed && agent(deployed), agent(record), agent(next));
        expect(mergeDefinitions(agent(next), first.definition, agent(next)).changed).toEqual([]);
      }),
    );
  });
});
