import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Language } from '../../../functions/agents/analysis/language-of.ts';
import { maskCode } from '../../../functions/agents/analysis/mask-code.ts';

/** Language, source, code view, comments view; a dot stands for a blank. */
const CASES: readonly (readonly [Language, string, string, string])[] = [
  ['javascript', 'a("b c"); // d', 'a("...");.....', '..........// d'],
  ['javascript', "a('it\\'s') + b", "a('.....') + b", '..............'],
  ['javascript', '/* a\nb */ c', '....\n.....c', '/* a\nb */..'],
  ['javascript', 'x = `a$' + '{b ? `}` : "{"}c` + d', 'x = `..................` + d', ''],
  ['javascript', 'a = /"[/]\\//g; b', 'a = /....../g; b', ''],
  ['javascript', 'a / b / "c"', 'a / b / "."', ''],
  ['javascript', 'return /"/', 'return /./', ''],
  ['javascript', 'f(a) / 2; "/"', 'f(a) / 2; "."', ''],
  ['typescript', "a = 'open\nb", "a = '....\nb", ''],
  ['python', "a = 'b' # c", "a = '.'....", '........# c'],
  ['python', 'a = """b\n"c" # d""" + e', 'a = """.\n.......""" + e', ''],
  ['python', 'a // b', 'a // b', ''],
  ['java', 'a = """\n"b"\n"""; c', 'a = """\n...\n"""; c', ''],
  ['java', "c = '\"'; d", "c = '.'; d", ''],
  ['go', 'a := `b\\` + "c"', 'a := `..` + "."', ''],
  ['rust', "fn f<'a>(x: &'a str) { 'b' }", "fn f<'a>(x: &'a str) { '.' }", ''],
  ['csharp', 'p = @"c:\\"; q', 'p = @"..."; q', ''],
  ['sql', "a -- b 'c'\nd", 'a.........\nd', ''],
];

describe('maskCode', () => {
  it.each(CASES)('tells code from literals and comments: %s %s', (language, source, code, comments) => {
    const masked = maskCode(source, language);
    expect(masked.code.replaceAll(' ', '.')).toBe(code.replaceAll(' ', '.'));
    if (comments !== '') expect(masked.comments.replaceAll(' ', '.')).toBe(comments.replaceAll(' ', '.'));
  });

  it('keeps every position and line', () => {
    const parts = ['"', "'", '`', '${', '}', '/', '//', '/*', '*/', '\\', '\n', '#', '"""', '[', ']', 'a', ' ', '='];
    const source = fc.array(fc.constantFrom(...parts), { maxLength: 40 }).map((each) => each.join(''));
    const languages = fc.constantFrom<Language>('javascript', 'python', 'java', 'go', 'rust', 'csharp', 'sql', 'other');
    fc.assert(
      fc.property(source, languages, (text, language) => {
        const { code, comments } = maskCode(text, language);
        for (const view of [code, comments]) {
          expect(view).toHaveLength(text.length);
          for (let at = 0; at < text.length; at += 1)
            if (view[at] !== ' ' || text[at] === '\n') expect(view[at]).toBe(text[at]);
        }
      }),
    );
  });
});
