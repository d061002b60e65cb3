import { describe, expect, it } from 'vitest';
import { ROLES, rolesWith } from '../../../../functions/domain/contract/roles.ts';
import { RoutingRule } from '../../../../functions/domain/contract/routing-rules.ts';
import { mergeRules } from '../../../../functions/domain/routing/rules/compile-rules.ts';
import { firstHit } from '../../../../functions/domain/routing/rules/first-hit.ts';
import { compilePhrases, phraseRules } from '../../../../functions/domain/routing/rules/phrase-rules.ts';
import { compiled, rule, subject } from './samples.ts';

const phrases = ['translate into', 'übersetze', "what's the word", 'port to C++', '翻译', '번역'];
const table = rolesWith({ translator: { capabilities: ['translate'], fallbackRoles: [], phrases } });
const hitOf = (message: string) => firstHit(compilePhrases(table), subject(message), 'acme');

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
