import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { ROLES, RoleAdditions, rolesWith } from '../../../functions/domain/contract/roles.ts';

const doc = readFileSync(new URL('../../../docs/roles.md', import.meta.url), 'utf8');

/** The example of docs/roles.md, as the setting gets it. */
const example = (): unknown => {
  const [, json = ''] = /```json\n([\s\S]*?)\n```/.exec(doc) ?? [];
  return JSON.parse(json).context.roles;
};

const problemsOf = (additions: unknown): readonly string[] => {
  const result = RoleAdditions.safeParse(additions);
  return result.success ? [] : result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
};

describe('the role table', () => {
  it('is the one in docs/roles.md', () => {
    const rows = [...doc.matchAll(/^\| `(\w+)` \| (`.+`) \|$/gm)].map(([, name, capabilities]) => [
      name,
      [...(capabilities ?? '').matchAll(/`(\w+)`/g)].map(([, capability]) => capability),
    ]);
    expect(rows.filter(([name]) => Object.hasOwn(ROLES, String(name)))).toEqual(
      Object.entries(ROLES).map(([name, { capabilities }]) => [name, capabilities]),
    );
  });
});

describe('additions to it', () => {
  it('as in docs/roles.md bring a new role, and more to one that ships', () => {
    const table = rolesWith(RoleAdditions.parse(example()));
    expect(table.translator).toEqual({
      capabilities: ['translate', 'glossary'],
      fallbackRoles: [],
      phrases: ['translate into', 'auf Deutsch', '翻译'],
    });
    expect(table.debugger?.capabilities).toEqual([...(ROLES.debugger?.capabilities ?? []), 'netlists']);
    expect(Object.keys(table)).toEqual([...Object.keys(ROLES), 'translator']);
    expect(table.documentation).toEqual(ROLES.documentation);
  });

  it('may fall back on roles that ship and on each other', () => {
    const additions = {
      a: { capabilities: ['x'], fallback_roles: ['b', 'debugger'] },
      b: { capabilities: ['x'], fallback_roles: ['a'] },
      debugger: { fallback_roles: ['b'] },
    };
    expect(problemsOf(additions)).toEqual([]);
    expect(rolesWith(RoleAdditions.parse(additions)).debugger?.fallbackRoles).toEqual(['b']);
  });

  it('come out as they went in', () => {
    const additions = RoleAdditions.parse(example());
    expect(RoleAdditions.parse(z.encode(RoleAdditions, additions))).toEqual(additions);
  });

  const good = { capabilities: ['x'] };
  it.each([
    ['a text', 'translator', ': must be an object of roles'],
    ['a list', [good], ': must be an object of roles'],
    ['a name in capitals', { Translator: good }, 'Translator: must be 1–64 of'],
    ['an empty name', { '': good }, ': must be 1–64 of'],
    ['a role for messages that are for nobody', { none: good }, 'none: is a reserved word'],
    ['a role named as who sends messages', { user: good }, 'user: is a reserved word'],
    ['phrases for the supervisor', { supervisor: { phrases: ['help me'] } }, 'supervisor: cannot be changed'],
    ['capabilities for the supervisor', { supervisor: { capabilities: ['fix'] } }, 'supervisor: cannot be changed'],
    ['a role that can do nothing', { debuger: { phrases: ['crash'] } }, 'debuger.capabilities: must not be empty'],
    ['an unknown fallback', { a: { ...good, fallback_roles: ['b'] } }, 'a.fallback_roles.0: b is not a role'],
    ['a prototype’s', { a: { ...good, fallback_roles: ['constructor'] } }, 'a.fallback_roles.0: constructor is not'],
    ['itself as fallback', { a: { ...good, fallback_roles: ['a'] } }, 'a.fallback_roles.0: must be another'],
    ['the supervisor as fallback', { a: { ...good, fallback_roles: ['supervisor'] } }, 'a.fallback_roles.0: must not'],
    ['a capability in words', { a: { capabilities: ['do it'] } }, 'a.capabilities.0: must be 1–64 of'],
    ['a phrase of nothing', { a: { ...good, phrases: ['   '] } }, 'a.phrases.0: must be words'],
    ['a phrase of punctuation', { a: { ...good, phrases: ['?!'] } }, 'a.phrases.0: must be words'],
    ['a phrase of one letter', { a: { ...good, phrases: ['x'] } }, 'a.phrases.0: must have at least 2'],
    ['two lines', { a: { ...good, phrases: ['x\ny'] } }, 'a.phrases.0: must be words in one line'],
    [
      'a phrase of two roles',
      { a: { ...good, phrases: ['do  IT'] }, b: { ...good, phrases: ['xy', 'Do it'] } },
      'b.phrases.1: is a phrase of a already',
    ],
    ['a hundred and one phrases', { a: { ...good, phrases: Array(101).fill('xy') } }, 'a.phrases: '],
    [
      'too many roles',
      Object.fromEntries(Array.from({ length: 33 }, (_, index) => [`r${index}`, good])),
      ': must be at most 32 roles',
    ],
  ])('rejects %s by name', (_, additions, expected) => {
    expect(problemsOf(additions).join('\n')).toContain(expected);
  });
});

describe('a deployment with additions', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.resetModules();
  });

  it('knows them wherever roles are checked, described or routed by', async () => {
    vi.stubGlobal('SWITCHBOARD_ROLES', example());
    vi.resetModules();
    const { AgentDefinition } = await import('../../../functions/domain/contract/agent.ts');
    const { openApiDocument } = await import('../../../functions/domain/contract/openapi.ts');
    const { ANSWERING_ROLES } = await import('../../../functions/domain/routing/scoring/gates.ts');
    const { phraseRules } = await import('../../../functions/domain/routing/rules/phrase-rules.ts');
    const { ROLES } = await import('../../../functions/domain/contract/roles.ts');
    const { defineAgent } = await import('../../../functions/agents/kit/define-agent.ts');

    const definition = {
      agent_id: 'tolk',
      agent_type: 'translator',
      name: 'Tolk',
      description: '',
      capabilities: ['translate'],
      specializations: [],
      endpoint_url: 'https://tolk.example.com/',
    };
    const problems = (changes: object) =>
      AgentDefinition.safeParse({ ...definition, ...changes }).error?.issues.map(({ message }) => message);
    expect(problems({})).toBeUndefined();
    expect(problems({ capabilities: ['fix'] })).toEqual([
      'fix is not a capability of translator; known are translate, glossary',
    ]);
    expect(problems({ agent_type: 'debugger', capabilities: ['netlists'] })).toBeUndefined();
    expect(openApiDocument().components).toMatchObject({
      schemas: { Role: { enum: expect.arrayContaining(['translator', 'debugger']) } },
    });
    expect(ANSWERING_ROLES.has('translator')).toBe(true);
    expect(ANSWERING_ROLES.has('supervisor')).toBe(false);
    expect(phraseRules(ROLES).map(({ to }) => to.role)).toEqual(['debugger', 'translator']);
    expect(() => defineAgent({ role: 'translator', engine: 'x', answer: () => ({ content: '' }) })).not.toThrow();
    expect(() => defineAgent({ role: 'poet', engine: 'x', answer: () => ({ content: '' }) })).toThrow(/not a role/);
  });

  it('rejects what is bad when it is loaded', async () => {
    vi.stubGlobal('SWITCHBOARD_ROLES', { supervisor: { phrases: ['help me'] } });
    vi.resetModules();
    await expect(import('../../../functions/domain/contract/roles.ts')).rejects.toThrow(/cannot be changed/);
  });
});
