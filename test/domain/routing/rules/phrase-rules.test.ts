import { describe, expect, it } from 'vitest';
import { ROLES, type RoleTable, rolesWith } from '../../../../functions/domain/contract/roles.ts';
import { RoutingRule } from '../../../../functions/domain/contract/routing-rules.ts';
import { mergeRules } from '../../../../functions/domain/routing/rules/compile-rules.ts';
import { firstHit } from '../../../../functions/domain/routing/rules/first-hit.ts';
import { compilePhrases, phraseRules } from '../../../../functions/domain/routing/rules/phrase-rules.ts';
import { agentOf, decideAmong, inRole } from '../scoring/scoring-rig.ts';
import { compiled, rule, subject } from './samples.ts';

const phrases = ['translate into', 'übersetze', "what's the word", 'port to C++', '翻译', '번역'];
const translator = (phrases: string[]): RoleTable =>
  rolesWith({ translator: { capabilities: ['translate'], fallbackRoles: [], phrases } });
const table = translator(phrases);
const hitOf = (message: string, of = table) => firstHit(compilePhrases(of), subject(message), 'acme');

describe('a phrase of a role', () => {
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
  ])('is a rule that catches %s', (message) => {
    expect(hitOf(message)).toEqual({ rule: 'phrase of translator', owner: 'global', role: 'translator' });
  });

  it.each([
    'mistranslate into',
    'translate intoxicated',
    'Unübersetzes',
    'translate and then go into it',
    'port to c',
    'fix this crash\n```\ntranslate into\n```',
  ])('rejects %j', (message) => {
    expect(hitOf(message)).toBeUndefined();
  });

  it('is taken literally', () => {
    const odd = translator(['a.b*c(d|e)', '[x]']);
    expect(hitOf('please a.b*c(d|e) now', odd)?.role).toBe('translator');
    expect(hitOf('please a-bbc(d now', odd)).toBeUndefined();
    expect(hitOf('x', odd)).toBeUndefined();
  });

  it('can be added to a role that ships', () => {
    const more = rolesWith({ debugger: { capabilities: ['drc'], fallbackRoles: [], phrases: ['netlist is off'] } });
    expect(hitOf('the netlist is off, explain', more)?.role).toBe('debugger');
    expect(more.debugger?.capabilities).toEqual([...(ROLES.debugger?.capabilities ?? []), 'drc']);
  });

  it('brings the message to an agent of its role, whatever the model reads', () => {
    const roles = new Set(['debugger', 'translator']);
    const agents = [agentOf('debugger'), inRole(agentOf('tolk'), 'translator')];
    const rules = compilePhrases(table);
    const said = { roles, rules, message: 'translate into Dutch: it crashes' };
    expect(decideAmong(agents, said).decision).toMatchObject({
      ...{ targetAgent: 'tolk', role: 'translator', tier: 'rule', reasons: ['rule phrase of translator'] },
    });
    expect(decideAmong(agents, { ...said, message: 'it crashes' }).decision.targetAgent).toBe('debugger');
  });

  it('comes after every rule on record', () => {
    const last = compiled([rule({ text: { glob: ['*'] } }, { name: 'last', priority: -1000 })], 'global');
    expect(firstHit(mergeRules([], last, compilePhrases(table)), subject('translate into'), 'acme')?.rule).toBe('last');
  });

  it('is none where a role has none', () => {
    expect(phraseRules(ROLES)).toEqual([]);
    expect(phraseRules(table)).toHaveLength(1);
  });

  it('cannot be made by a request: its priority is below all that may be said', () => {
    const [made] = phraseRules(table);
    expect(RoutingRule.safeEncode(made as RoutingRule).success).toBe(false);
  });
});

describe('a thousand phrases', () => {
  const sayings = (role: number) => Array.from({ length: 100 }, (_, index) => `say the word ${index} of ${role} ü`);
  const roles = Array.from({ length: 10 }, (_, index) => [
    `r${index}`,
    { capabilities: ['x'], fallbackRoles: [], phrases: sayings(index) },
  ]);
  const rules = compilePhrases({ ...ROLES, ...Object.fromEntries(roles) });

  it.each(['say the word ', 'say  the   word    1 of ', 'ü', 'say ', 's', ' '])(
    'are looked for in linear time: %j',
    (unit) => {
      const message = unit.repeat(Math.ceil((1024 * 1024) / unit.length));
      const startedMs = performance.now();
      expect(firstHit(rules, subject(message), 'acme')).toBeUndefined();
      // Takes 1 to 20 ms; anything quadratic takes minutes.
      expect(performance.now() - startedMs).toBeLessThan(3_000);
    },
  );
});
