import { describe, expect, it } from 'vitest';
import {
  type CompiledRules,
  compileRules,
  mergeRules,
  withoutRegex,
} from '../../../../functions/domain/routing/rules/compile-rules.ts';
import { firstHit } from '../../../../functions/domain/routing/rules/first-hit.ts';
import { catches, compiled, compileRegex, rule, subject } from './samples.ts';

describe('a condition on the text', () => {
  it.each([
    [{ any_of: ['invoice', 'credit note'] }, 'Where is the INVOICE?', true],
    [{ any_of: ['invoice', 'credit note'] }, 'a credit\n note', true],
    [{ any_of: ['invoice'] }, 'invoices', false],
    [{ any_of: ['C++', 'C#'] }, 'port it to c#', true],
    [{ any_of: ['C#'] }, 'port it to c', false],
    [{ any_of: ["don't touch"] }, 'please don’t touch it', true],
    [{ any_of: ['übersetze'] }, 'Bitte u\u0308bersetze', true],
    [{ any_of: ['翻译'] }, '请翻译这个错误', true],
    [{ any_of: ['.net'] }, 'a .NET service', true],
    [{ any_of: ['.net'] }, 'asp.net', false],
    [{ any_of: ['strasse'] }, 'ſtraſſe', true],
    [{ any_of: ['invoice'] }, 'invoice++', true],
    [{ glob: ['deploy*', '*rollback*'] }, 'Please ROLLBACK now', true],
    [{ glob: ['deploy*'] }, 'please deploy', false],
    [{ regex: ['\\bOPS-\\d{1,6}\\b'] }, 'see OPS-123.', true],
    [{ regex: ['\\bOPS-\\d{1,6}\\b'] }, 'see ops-123.', false],
    [{ regex: ['(?i)\\bOPS-\\d{1,6}\\b'] }, 'see ops-123.', true],
    [{ regex: ['x', 'OPS'], any_of: ['urgent'] }, 'OPS: urgent', true],
    [{ regex: ['x', 'OPS'], any_of: ['urgent'] }, 'OPS', false],
  ])('%j on %j: %s', (text, message, expected) => {
    expect(catches({ text }, message)).toBe(expected);
  });

  it('is about what was pasted, too, unless it says prose', () => {
    const message = 'fix this\n```\nterraform apply\n```';
    expect(catches({ text: { any_of: ['terraform'] } }, message)).toBe(true);
    expect(catches({ text: { any_of: ['terraform'], in: 'prose' } }, message)).toBe(false);
    expect(catches({ text: { any_of: ['terraform'], in: 'prose' } }, `use terraform\n${message}`)).toBe(true);
    expect(catches({ text: { regex: ['apply'], in: 'prose' } }, 'const apply = 1;')).toBe(false);
  });

  it('looks at the beginning and the end of a long one', () => {
    const filling = 'so it goes on. '.repeat(10_000);
    for (const text of [{ any_of: ['needle'] }, { glob: ['*needle*'] }, { regex: ['needle'] }]) {
      expect(catches({ text }, `needle ${filling}`)).toBe(true);
      expect(catches({ text }, `${filling} needle`)).toBe(true);
      expect(catches({ text }, `${filling} needle ${filling}`)).toBe(false);
    }
  });
});

describe('a condition on files', () => {
  it('is about the name of any one of them', () => {
    expect(catches({ files: { glob: ['*.TF', '*.hcl'] } }, 'hi', 'a.py', 'infra\\Main.tf')).toBe(true);
    expect(catches({ files: { glob: ['*.tf'] } }, 'main.tf')).toBe(false);
    expect(catches({ files: { glob: ['*.sql'], regex: ['^db/'] } }, 'hi', 'db/a.py', 'x.sql')).toBe(false);
    expect(catches({ files: { glob: ['*.sql'], regex: ['^db/'] } }, 'hi', 'db/x.sql')).toBe(true);
  });

  it('holds together with one on the text', () => {
    const when = { text: { any_of: ['review'] }, files: { glob: ['*.tf'] } };
    expect(catches(when, 'review', 'a.tf')).toBe(true);
    expect(catches(when, 'review')).toBe(false);
    expect(catches(when, 'write', 'a.tf')).toBe(false);
  });
});

describe('the first hit', () => {
  const all = { text: { glob: ['*'] } };
  const named = (name: string, priority = 0, more: object = {}) => rule(all, { name, priority, ...more });
  const hit = (...owners: readonly CompiledRules[]) => firstHit(mergeRules(...owners), subject('hi'), 'acme')?.rule;

  it('is of the highest priority, then of the tenant, then the first of the list', () => {
    const own = compiled([named('low', -1), named('a'), named('b')]);
    const global = compiled([named('global'), named('global high', 1)], 'global');
    expect(hit(own, global)).toBe('global high');
    expect(hit(own, compiled([named('global')], 'global'))).toBe('a');
    expect(hit(compiled([named('low', -1)]), compiled([named('global')], 'global'))).toBe('global');
    expect(hit(compiled([named('b'), named('a')]))).toBe('b');
    expect(hit([], [])).toBeUndefined();
  });

  it('says which rule of whom it was, and whom that names', () => {
    const hitOf = (to: object) => firstHit(compiled([rule(all, { to })]), subject('hi'), 'acme');
    expect(hitOf({ role: 'debugger' })).toEqual({ rule: 'r', owner: 'acme', role: 'debugger' });
    expect(hitOf({ agent_id: 'tolk' })).toEqual({ rule: 'r', owner: 'acme', agentId: 'tolk' });
    expect(hitOf({ capability: 'sql' })).toEqual({ rule: 'r', owner: 'acme', capability: 'sql' });
  });

  it('is of no rule that is not enabled, or for other tenants', () => {
    expect(hit(compiled([named('off', 0, { enabled: false })]))).toBeUndefined();
    const rules = compiled([rule({ ...all, tenants: ['acme', 'beta'] })], 'global');
    expect(firstHit(rules, subject('hi'), 'beta')?.rule).toBe('r');
    expect(firstHit(rules, subject('hi'), 'gamma')).toBeUndefined();
  });
});

describe('a rule with a fault', () => {
  const good = rule({ text: { any_of: ['x'] } }, { name: 'good' });

  it.each([
    [{ text: { regex: ['fine', '('] } }, 'when.text.regex.1', /missing closing/],
    [{ text: { regex: ['(?=x)'] } }, 'when.text.regex.0', /./],
    [{ text: { regex: ['(a)\\1'] } }, 'when.text.regex.0', /./],
    [{ text: { regex: ['[a'] } }, 'when.text.regex.0', /./],
    [{ text: { regex: ['\\w{1000}'] } }, 'when.text.regex.0', /too large/],
    [{ text: { regex: ['((x{90}){90}){90}'] } }, 'when.text.regex.0', /./],
    [{ files: { regex: ['*'] } }, 'when.files.regex.0', /./],
  ])('rejects %j by path, and the others apply', (when, path, message) => {
    const { rules, faults } = compileRules('acme', [rule(when, { name: 'bad' }), good], compileRegex);
    expect(faults).toMatchObject([{ index: 0, rule: 'bad', path }]);
    expect(faults[0]?.message).toMatch(message);
    expect(rules.map(({ name }) => name)).toEqual(['good']);
  });

  it('is one whose expressions are too large together with those before', () => {
    const many = Array.from({ length: 30 }, (_, index) =>
      rule({ text: { regex: ['\\d{200}'] } }, { name: `r${index}` }),
    );
    const { rules, faults } = compileRules('acme', many, compileRegex);
    expect(rules.length).toBe(20);
    expect(faults[0]).toMatchObject({ index: 20, message: expect.stringContaining('one too many') });
  });

  it('is one with an expression where there is no engine', () => {
    const { rules, faults } = compileRules('acme', [rule({ text: { regex: ['x'] } }), good], withoutRegex);
    expect([rules.length, faults.length]).toEqual([1, 1]);
  });
});
