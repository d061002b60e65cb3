import type { MaskedCode } from '../analysis/mask-code.ts';
import { readOutline } from '../analysis/read-outline.ts';
import { onLines, type Rule } from './rule.ts';

const SCRIPT = ['typescript', 'javascript'] as const;

/** Empty blocks behind `opening`; one whose comment says why it is empty is none. */
const emptyBlocks = (opening: RegExp) =>
  function* ({ code, comments }: MaskedCode): Generator<number> {
    for (const match of code.matchAll(opening)) {
      const body = code.indexOf('{', match.index + match[0].length - 1);
      const end = /\S/g;
      end.lastIndex = body + 1;
      const close = end.exec(code);
      if (close?.[0] === '}' && comments.slice(body, close.index).trim() === '') yield match.index;
    }
  };

function* mutableDefaults({ text }: MaskedCode): Generator<number> {
  for (const { parameters, start } of readOutline(text, 'python')?.declarations ?? [])
    if (parameters.some((parameter) => /^(?:\[|\{|(?:list|dict|set)\()/.test(parameter.default ?? ''))) yield start;
}

/** `==` where neither side is null or the result of typeof: there it means what it says. */
const LOOSE_EQUALITY = /^(?!.*\btypeof\b).*?(?<![=!<>])[!=]=(?!=)(?!\s{0,5}null\b)/;

function* looseEquality(masked: MaskedCode): Generator<number> {
  for (const at of onLines('code', LOOSE_EQUALITY)(masked)) {
    const line = masked.code.slice(at, at + 1_000).split('\n', 1)[0] ?? '';
    if (!/\bnull\s?[!=]=(?!=)/.test(line)) yield at;
  }
}

/** What goes wrong later. */
export const QUALITY_RULES: readonly Rule[] = [
  {
    id: 'swallowed-error',
    severity: 'medium',
    reason: 'the empty block hides the failure; handle it, log it or let it pass on',
    languages: [...SCRIPT, 'java', 'csharp', 'kotlin', 'php'],
    find: emptyBlocks(/\bcatch\b\s{0,20}(?:\([^()\n]{0,200}\)\s{0,20})?\{/g),
  },
  {
    id: 'swallowed-error',
    severity: 'medium',
    reason: 'the error is checked and then dropped; return or handle it',
    languages: ['go'],
    find: emptyBlocks(/\bif\b[^{\n]{0,200}\berr\s?!=\s?nil\s{0,20}\{/g),
  },
  {
    id: 'swallowed-error',
    severity: 'medium',
    reason: '`pass` hides the failure; handle it, log it or let it pass on',
    languages: ['python'],
    find: function* ({ code }) {
      for (const match of code.matchAll(
        /^[ \t]*except\b[^:\n]{0,200}:[ \t]{0,100}(?:\r?\n[ \t]{0,100})?pass[ \t]{0,100}\r?$/gm,
      ))
        yield match.index;
    },
  },
  {
    id: 'bare-except',
    severity: 'medium',
    reason: 'a bare except also catches KeyboardInterrupt and SystemExit; name the exceptions',
    languages: ['python'],
    find: onLines('code', /^\s*except\s*:/),
  },
  {
    id: 'mutable-default',
    severity: 'medium',
    reason: 'the default is made once and shared by all calls; use None and make it inside',
    languages: ['python'],
    find: mutableDefaults,
  },
  {
    id: 'loose-equality',
    severity: 'low',
    reason: '`==` converts its sides, so null, undefined, 0 and "" can match what they should not; use ===',
    languages: SCRIPT,
    find: looseEquality,
  },
  {
    id: 'none-comparison',
    severity: 'low',
    reason: '`==` can be overridden by the object; compare with `is None`',
    languages: ['python'],
    find: onLines('code', /[!=]=\s?None\b/),
  },
  {
    id: 'string-identity',
    severity: 'medium',
    reason: '`==` compares references, not text; use equals',
    languages: ['java'],
    find: onLines('code', /[!=]=\s?"|"\s?[!=]=(?!=)(?!\s?null)/),
  },
  {
    id: 'assignment-in-condition',
    severity: 'medium',
    reason: 'this assigns instead of comparing',
    languages: [...SCRIPT, 'java', 'csharp', 'php'],
    find: onLines('code', /\bif\s?\(\s?[\w$.]{1,100}\s?=(?![=>~])/),
  },
  {
    id: 'async-for-each',
    severity: 'medium',
    reason: 'forEach drops the promises: nothing waits for them and their failures are lost; use for…of or Promise.all',
    languages: SCRIPT,
    find: onLines('code', /\.forEach\s?\(\s?async\b/),
  },
  {
    id: 'debug-output',
    severity: 'low',
    reason: 'looks like a debugging aid that was left in; remove it or use the logger',
    languages: [...SCRIPT, 'python', 'java', 'ruby'],
    find: onLines(
      'code',
      /(?<![\w$.])(?:console\.(?:log|debug|trace)\s?\(|debugger\s?;|breakpoint\s?\(\)|i?pdb\.set_trace\s?\(|System\.(?:out|err)\.print|binding\.pry\b)|\.printStackTrace\s?\(\s?\)/,
    ),
  },
  {
    id: 'debug-output',
    severity: 'low',
    reason: 'looks like a debugging aid that was left in; remove it or use the logger',
    languages: ['python'],
    find: onLines('code', /^\s*print\s?\(/),
  },
  {
    id: 'todo-left',
    severity: 'info',
    reason: 'a note about unfinished work; do it or file it',
    find: onLines('comments', /(?:\/\/|\*|#|--)\s{0,10}(?:TODO|FIXME|XXX|HACK)\b|\b(?:TODO|FIXME|XXX|HACK)[:(]/),
  },
  {
    id: 'check-suppressed',
    severity: 'low',
    reason: 'the checker is silenced for this line; fix the type instead',
    languages: SCRIPT,
    find: onLines('comments', /@ts-(?:ignore|nocheck)\b/),
  },
];
