import { describe, expect, it } from 'vitest';
import { ROLES, type RoleTable, rolesWith } from '../../../functions/domain/contract/roles.ts';
import { classify } from '../../../functions/domain/routing/classify.ts';
import { decide } from '../../../functions/domain/routing/decide.ts';
import { makeReadKeywordIntent } from '../../../functions/domain/routing/intent/keyword-intent.ts';
import { KEYWORD_POLICY, keywordPolicyFor } from '../../../functions/domain/routing/keyword-policy.ts';
import { ROUTING_POLICY } from '../../../functions/domain/routing/scoring/policy.ts';
import { agentDefinition } from '../../twins/samples.ts';
import { EXAMPLES } from './messages.ts';

const translator = (phrases: string[]): RoleTable =>
  rolesWith({ translator: { capabilities: ['translate'], fallbackRoles: [], phrases } });
const roleOf = (message: string, table: RoleTable) =>
  classify({ message, attachments: [] }, keywordPolicyFor(table)).role;

describe('a phrase of a role', () => {
  const table = translator(['translate into', 'übersetze', "what's the word", 'port to C++', '翻译', '번역']);

  it.each([
    'Please translate into French: the build is broken',
    'TRANSLATE INTO French',
    'translate\n  into French',
    'Übersetze das README und erkläre den Fehler',
    'Bitte u\u0308bersetze das',
    'what’s the word for crash?',
    'Please port to c++.',
    '请翻译这个错误',
    '번역해 주세요',
  ])('asks for it, whatever else the message says: %s', (message) => {
    expect(roleOf(message, table)).toBe('translator');
  });

  it.each(['mistranslate into', 'translate intoxicated', 'Unübersetzes', 'translate and then go into it', 'port to c'])(
    'does not ask for it within other words: %s',
    (message) => {
      expect(roleOf(message, table)).not.toBe('translator');
    },
  );

  it('is taken literally', () => {
    const odd = translator(['a.b*c(d|e)', '[x]']);
    expect(roleOf('please a.b*c(d|e) now', odd)).toBe('translator');
    expect(roleOf('please a-bbc(d now', odd)).not.toBe('translator');
    expect(roleOf('x', odd)).not.toBe('translator');
  });

  it('counts in what is said, not in what is pasted', () => {
    expect(roleOf('fix this crash\n```\ntranslate into\n```', table)).toBe('debugger');
  });

  it('can be added to a role that ships', () => {
    const more = rolesWith({ debugger: { capabilities: ['drc'], fallbackRoles: [], phrases: ['netlist is off'] } });
    expect(roleOf('the netlist is off, explain', more)).toBe('debugger');
    expect(more.debugger?.capabilities).toEqual([...(ROLES.debugger?.capabilities ?? []), 'drc']);
  });

  it('brings the message to an agent of its role', () => {
    const known = { owner: 'global', health: 'healthy' as const, p50Ms: null, errorRate: null };
    const definition = { ...agentDefinition('tolk', 'debugger'), agentType: 'translator' as never };
    const agents = [
      { ...known, definition: agentDefinition('debugger', 'debugger') },
      { ...known, definition },
    ];
    const roles = new Set(['debugger', 'translator']);
    const input = { message: 'translate into Dutch: it crashes', attachments: [], agents, roles };
    const read = makeReadKeywordIntent(keywordPolicyFor(table));
    const { decision } = decide(input, ROUTING_POLICY, read);
    expect(decision).toMatchObject({ targetAgent: 'tolk', role: 'translator' });
    expect(decision.reasons).toEqual(['says a phrase of translator']);
    const named = { by: 'handoff' as const, role: 'translator' };
    expect(decide({ ...input, named, message: 'fix it' }, ROUTING_POLICY, read).decision.targetAgent).toBe('tolk');
  });
});

describe('a policy', () => {
  it('has a version for each role table, and the same one for the same table', () => {
    const versions = [ROLES, translator([]), translator(['x y']), translator(['x z'])].map(
      (table) => keywordPolicyFor(table).version,
    );
    expect(new Set(versions).size).toBe(4);
    expect(keywordPolicyFor(translator(['x y'])).version).toBe(versions[2]);
    expect(versions[0]).toBe(KEYWORD_POLICY.version);
    for (const version of versions) expect(version).toMatch(/^keywords-\d+\+roles\.[0-9a-f]{8}$/);
  });

  it('judges messages without a phrase as before', () => {
    const policy = keywordPolicyFor(translator(['translate into']));
    for (const { role: _, ...subject } of EXAMPLES)
      expect(classify({ attachments: [], ...subject }, policy)).toEqual(
        classify({ attachments: [], ...subject }, KEYWORD_POLICY),
      );
  });

  it('lets no supervisor answer', () => {
    expect([...KEYWORD_POLICY.roles]).toEqual(Object.keys(ROLES).filter((role) => role !== 'supervisor'));
  });
});

describe('a thousand phrases', () => {
  const phrases = (role: number) => Array.from({ length: 100 }, (_, index) => `say the word ${index} of ${role} ü`);
  const names = Array.from({ length: 10 }, (_, index) => [`r${index}`, index] as const);
  const policy = keywordPolicyFor({
    ...ROLES,
    ...Object.fromEntries(
      names.map(([name, index]) => [name, { capabilities: ['x'], fallbackRoles: [], phrases: phrases(index) }]),
    ),
  });

  it.each(['say the word ', 'say  the   word    1 of ', 'ü', 'say ', 's', ' '])(
    'are looked for in linear time: %j',
    (unit) => {
      const message = unit.repeat(Math.ceil((1024 * 1024) / unit.length));
      const startedMs = performance.now();
      classify({ message, attachments: [] }, policy);
      // Takes 1 to 20 ms; anything quadratic takes minutes.
      expect(performance.now() - startedMs).toBeLessThan(3_000);
    },
  );
});
