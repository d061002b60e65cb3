import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DOMAINS, domainsOf, MOST_DOMAINS } from '../../../../functions/domain/routing/intent/domains.ts';
import { subjectOf } from '../../../../lib/training/message.ts';
import { HUGE_MESSAGES, labelledFacets, millisecondsOf } from './labelled-facets.ts';

const of = (message: string, files: readonly string[] = []) =>
  domainsOf({ message, attachments: files.map((name) => ({ name, content: '' })) });

describe('domains', () => {
  test.each([
    ['scale the pods on k8s', [], 'kubernetes'],
    ['```py\nx\n```', [], 'python'],
    ['look at this', ['src/Main.kt'], 'kotlin'],
    ['the error is in app/models/user.rb', [], 'ruby'],
    ['Traceback (most recent call last):\n  File "a.py", line 1', [], 'python'],
    ['resource "aws_s3_bucket" "logs" {', [], 'terraform'],
    ['port it to C#', [], 'csharp'],
    ['Next.js app router question', [], 'nextjs'],
    ['is JWT in a cookie fine', [], 'security'],
  ])('of %j with files %j hold %s', (message, files, domain) => {
    expect(of(message, files)).toContain(domain);
  });

  test.each([
    ['we go there and express our thanks in spring', ['go', 'express', 'spring']],
    ['parser/lexer.ml has no comments', ['machine_learning']],
    ['it is written in node.js', ['c']],
  ])('of %j hold none of %j', (message, others) => {
    expect(of(message).filter((domain) => others.includes(domain))).toEqual([]);
  });

  test('agree with the labels of messages that the rules were not tuned on', () => {
    let right = 0;
    let said = 0;
    let wanted = 0;
    for (const [index, message] of labelledFacets.entries()) {
      if (index % 2 === 0) continue;
      const found = domainsOf(subjectOf(message)).filter((domain) => !message.domains_also_ok.includes(domain));
      right += found.filter((domain) => message.domains.includes(domain)).length;
      said += found.length;
      wanted += message.domains.length;
    }
    // 76 % when this was written.
    expect((2 * right) / (said + wanted)).toBeGreaterThan(0.73);
  });

  test('are few, of the vocabulary, and each named once, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), fc.array(fc.string()), (message, files) => {
        const found = of(message, files);
        expect(found.length).toBeLessThanOrEqual(MOST_DOMAINS);
        expect(new Set(found).size).toBe(found.length);
        expect(found.filter((domain) => !DOMAINS.has(domain))).toEqual([]);
      }),
    );
  });

  test('survives a message of 1 MiB in bounded time', () => {
    for (const message of HUGE_MESSAGES) expect(millisecondsOf(() => of(message))).toBeLessThan(200);
  });
});
