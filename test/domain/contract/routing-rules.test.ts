import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { MAX_RULES, RoutingRule, RoutingRules } from '../../../functions/domain/contract/routing-rules.ts';
import { readRules } from '../../../functions/domain/routing/rules/read-rules.ts';

const base = { name: 'r', when: { text: { any_of: ['x'] } }, to: { role: 'debugger' } };
const problemsOf = (input: unknown): readonly string[] =>
  (RoutingRules.safeDecode({ rules: [input] } as never).error?.issues ?? []).map(({ path }) => path.join('.'));

describe('a routing rule', () => {
  it.each([
    base,
    { ...base, name: 'Billing: invoices & co'.replace(' &', ''), priority: -1000, enabled: false },
    { ...base, when: { files: { glob: ['*.tf'], regex: ['x'] } }, to: { agent_id: 'a' } },
    { ...base, when: { tenants: ['acme', 'any #tenant'] }, to: { capability: 'sql' } },
    { ...base, when: { text: { glob: ['*'], in: 'prose' } } },
  ])('can be %j, and comes back as it was sent', (input) => {
    const sent = { rules: [input] };
    const encoded = z.encode(RoutingRules, RoutingRules.decode(sent as never));
    expect(encoded.rules[0]).toMatchObject(input);
    expect(RoutingRules.decode(encoded)).toEqual(RoutingRules.decode(sent as never));
  });

  it.each([
    [{ ...base, name: '' }, 'rules.0.name'],
    [{ ...base, name: 'a\nb' }, 'rules.0.name'],
    [{ ...base, name: 'x'.repeat(65) }, 'rules.0.name'],
    [{ ...base, priority: 1001 }, 'rules.0.priority'],
    [{ ...base, priority: 0.5 }, 'rules.0.priority'],
    [{ ...base, when: {} }, 'rules.0.when'],
    [{ ...base, when: { text: {} } }, 'rules.0.when.text'],
    [{ ...base, when: { text: { in: 'prose' } } }, 'rules.0.when.text'],
    [{ ...base, when: { text: { any_of: [] } } }, 'rules.0.when.text.any_of'],
    [{ ...base, when: { text: { any_of: ['...'] } } }, 'rules.0.when.text.any_of.0'],
    [{ ...base, when: { text: { any_of: ['a\nb'] } } }, 'rules.0.when.text.any_of.0'],
    [{ ...base, when: { text: { regex: 'x' } } }, 'rules.0.when.text.regex'],
    [{ ...base, when: { text: { regex: ['x'.repeat(501)] } } }, 'rules.0.when.text.regex.0'],
    [{ ...base, when: { files: {} } }, 'rules.0.when.files'],
    [{ ...base, when: { tenants: [] } }, 'rules.0.when.tenants'],
    [{ ...base, when: { tenants: ['global'] } }, 'rules.0.when.tenants.0'],
    [{ ...base, to: {} }, 'rules.0.to'],
    [{ ...base, to: { role: 'debugger', agent_id: 'a' } }, 'rules.0.to'],
    [{ ...base, to: { role: 'juggler' } }, 'rules.0.to.role'],
    [{ ...base, to: { role: 'supervisor' } }, 'rules.0.to.role'],
    [{ ...base, to: { capability: 'juggling' } }, 'rules.0.to.capability'],
    [{ ...base, to: { agent_id: 'status' } }, 'rules.0.to.agent_id'],
    [{ ...base, enabled: 'yes' }, 'rules.0.enabled'],
    [{ ...base, unless: {} }, 'rules.0'],
    [{ ...base, when: { weather: 'fine' } }, 'rules.0.when'],
  ])('rejects %j at %s', (input, path) => {
    expect(problemsOf(input)).toContain(path);
  });

  it('rejects a name that another has, too many, and too much', () => {
    const issues = (rules: readonly unknown[]) =>
      (RoutingRules.safeDecode({ rules } as never).error?.issues ?? []).map(({ path }) => path.join('.'));
    const named = (count: number, when: object = base.when) =>
      Array.from({ length: count }, (_, index) => ({ ...base, name: `r${index}`, when }));
    expect(issues(named(MAX_RULES))).toEqual([]);
    expect(issues([base, { ...base }])).toEqual(['rules.1.name']);
    expect(issues(named(MAX_RULES + 1))).toEqual(['rules']);
    const long = { text: { any_of: Array.from({ length: 100 }, (_, index) => `${'ü'.repeat(90)} ${index}`) } };
    expect(issues(named(5, long))).toEqual([]);
    expect(issues(named(8, long))).toEqual(['rules']);
  });
});

describe('rules as they are stored', () => {
  it('survive those that another version wrote: each that cannot be read is left out by name, whole', () => {
    const odd = [
      { ...base, name: 'new condition', when: { ...base.when, weather: ['fine'] } },
      { ...base, name: 'role that left', to: { role: 'juggler' } },
      { when: base.when },
      null,
      'x',
    ];
    const { rules, unreadable } = readRules([odd[0], base, ...odd.slice(1)]);
    expect(rules).toEqual([RoutingRule.decode(base as never)]);
    expect(unreadable).toEqual(['new condition', 'role that left', 'number 4', 'number 5', 'number 6']);
  });
});
