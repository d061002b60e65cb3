import type { MaskedCode } from '../analysis/mask-code.ts';
import { literalAt, onLines, type Rule, type StringLiteral } from './rule.ts';

const SCRIPT = ['typescript', 'javascript'] as const;

const SECRET_NAME =
  /\b\w{0,60}(?:password|passwd|secret|api_?key|access_?key|auth_?token|access_?token|private_?key)['"]?\s{0,5}(?::\s{0,5}[\w<>| ]{1,40}=|:=|[:=])\s{0,5}[rbu]?["'`](?!["'`])/gi;
const PLACEHOLDER =
  /^(?:[<{*$%].*|x{3,}.*|your\b.*|my[-_].*|.*(?:example|placeholder|changeme|dummy|redacted).*|(?:current|new|old|confirm|forgot|reset)?[-_ ]?(?:password|passwd|secret|token|api[-_]?key))$/i;

/** Long enough to be a secret, and not a label, a path, a name in capitals or a placeholder. */
const looksSecret = (value: string): boolean =>
  value.length >= 6 &&
  /^[!-~]+$/.test(value) &&
  /[0-9!@#$%^&*]/.test(value) &&
  !/^[A-Z][A-Z0-9_]*$/.test(value) &&
  !value.includes('${') &&
  !/^(?:\/|\.|https?:)/.test(value) &&
  !PLACEHOLDER.test(value);

function* findSecrets(masked: MaskedCode): Generator<number> {
  for (const match of masked.code.matchAll(SECRET_NAME)) {
    const literal = literalAt(masked, match.index + match[0].length - 1);
    if (literal !== undefined && looksSecret(literal.content)) yield literal.at;
  }
}

const SQL =
  /["'`]\s{0,20}(?:SELECT\s[^"`]{1,300}\sFROM\s|INSERT\s+INTO\s|UPDATE\s[^"`]{1,100}\sSET\s|DELETE\s+FROM\s)/gi;

/** Whether a value is spliced into a statement: interpolated, formatted in, or added behind it. */
const isSpliced = (masked: MaskedCode, literal: StringLiteral): boolean => {
  const before = masked.code.slice(Math.max(0, literal.at - 30), literal.at);
  if (masked.code[literal.at] === '`') return !/[\w$)\]]$/.test(before) && literal.content.includes('${');
  if (/(?:^|[^\w])(?:[rR]?[fF][rR]?|\$@?|@\$)["']{0,2}$/.test(before)) return /\{[^}]/.test(literal.content);
  if (/(?:Sprintf|String\.format|\bformat)\s?\(\s{0,20}$/.test(before)) return /%[svdq]/.test(literal.content);
  let end = literal.end;
  for (let parts = 0; parts < 50; parts += 1) {
    const after = masked.code.slice(end, end + 200);
    if (/^\s*(?:%\s*[\w("']|\.format\s?\()/.test(after)) return true;
    const [plus] = /^\s*(?:\+|\.(?=\s*\$))\s*/.exec(after) ?? [];
    if (plus === undefined) return false;
    const next = literalAt(masked, end + plus.length);
    if (next === undefined) return true;
    end = next.end;
  }
  return false;
};

function* findSplicedSql(masked: MaskedCode): Generator<number> {
  for (const match of masked.text.matchAll(SQL)) {
    const literal = literalAt(masked, match.index);
    if (literal !== undefined && isSpliced(masked, literal)) yield literal.at;
  }
}

function* findSplicedCommands(masked: MaskedCode): Generator<number> {
  for (const match of masked.code.matchAll(/(?<![\w$.])(?:child_process\.)?exec(?:Sync)?\s?\(\s{0,20}(?=["'`])/g)) {
    const literal = literalAt(masked, match.index + match[0].length);
    if (literal !== undefined && isSpliced(masked, literal)) yield match.index;
  }
}

/** What lets an attacker in. */
export const SECURITY_RULES: readonly Rule[] = [
  {
    id: 'hard-coded-secret',
    severity: 'high',
    reason: 'a credential in the source reaches everyone who can read it; load it from a secret store and replace it',
    find: findSecrets,
  },
  {
    id: 'secret-in-source',
    severity: 'critical',
    reason: 'this has the form of a live key; revoke it and load the new one from a secret store',
    find: onLines(
      'text',
      /\bAKIA[0-9A-Z]{16}\b|\bghp_[A-Za-z0-9]{36}\b|\bgithub_pat_\w{40,90}\b|\bsk_live_[A-Za-z0-9]{16,}|\bxox[abpr]-[A-Za-z0-9-]{20,}|-----BEGIN (?:RSA |EC |OPENSSH )?PRIVATE KEY-----/,
    ),
  },
  {
    id: 'sql-concatenation',
    severity: 'high',
    reason: 'values spliced into SQL allow injection; use a parameterized query',
    find: findSplicedSql,
  },
  {
    id: 'code-evaluation',
    severity: 'high',
    reason:
      'evaluating a string as code runs whatever gets into that string; parse the input or dispatch on known names',
    languages: [...SCRIPT, 'python', 'ruby', 'php'],
    find: onLines('code', /(?<![\w$.])(?<!\b(?:def|function) )eval\s?\(|\bnew Function\s?\(/),
  },
  {
    id: 'code-evaluation',
    severity: 'high',
    reason: 'exec runs whatever gets into its string; parse the input or dispatch on known names',
    languages: ['python'],
    find: onLines('code', /(?<![\w.])(?<!\bdef )exec\s?\(/),
  },
  {
    id: 'shell-injection',
    severity: 'high',
    reason: 'the shell interprets whatever gets into the command; pass a list of arguments without a shell',
    languages: ['python'],
    find: onLines('code', /\bshell\s?=\s?True\b|(?<![\w.])os\.(?:system|popen)\s?\(/),
  },
  {
    id: 'shell-injection',
    severity: 'high',
    reason: 'the shell interprets what is spliced into the command; use execFile or spawn with a list of arguments',
    languages: SCRIPT,
    find: findSplicedCommands,
  },
  {
    id: 'tls-verification-off',
    severity: 'high',
    reason: 'without certificate checks anyone in between can read and change the traffic; trust the right CA instead',
    find: onLines(
      'code',
      /\bverify\s?=\s?False\b|\brejectUnauthorized['"]?\s?[:=]\s?false\b|\bInsecureSkipVerify\s?[:=]\s?true\b|\bNODE_TLS_REJECT_UNAUTHORIZED\b['"\]]{0,2}\s?=(?!=)|\b_create_unverified_context\b|\bcheck_hostname\s?=\s?False\b|\bVERIFY_NONE\b/,
    ),
  },
  {
    id: 'unsafe-deserialization',
    severity: 'high',
    reason: 'this loader can run code from the data; use a safe one (yaml.safe_load, JSON)',
    languages: ['python'],
    find: onLines(
      'code',
      /\byaml\.(?:load|load_all)\s?\((?!.{0,400}Safe)|\byaml\.unsafe_load|(?<![\w.])(?:c?[pP]ickle|marshal|dill|shelve)\.(?:loads?|open)\s?\(/,
    ),
  },
  {
    id: 'unsafe-deserialization',
    severity: 'high',
    reason: 'deserializing objects can run code from the data; use a data format such as JSON',
    languages: ['java', 'ruby', 'php'],
    find: onLines('code', /\bnew ObjectInputStream\s?\(|\bMarshal\.load\b|(?<![\w$>:])unserialize\s?\(/),
  },
  {
    id: 'html-injection',
    severity: 'medium',
    reason: 'markup from data runs scripts; set textContent or sanitize first',
    languages: SCRIPT,
    find: onLines('code', /\.(?:innerHTML|outerHTML)\s?\+?=(?!=)|\bdocument\.write(?:ln)?\s?\(/),
  },
  {
    id: 'weak-hash',
    severity: 'low',
    reason: 'MD5 and SHA-1 are broken; use SHA-256, and a password hash for passwords',
    find: onLines(
      'text',
      /\bhashlib\.(?:md5|sha1)\(|\bcreateHash\(\s?['"](?:md5|sha1)['"]|\bMessageDigest\.getInstance\(\s?"(?:MD5|SHA-?1)"/i,
    ),
  },
];
