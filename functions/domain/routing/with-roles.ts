import type { RoleTable } from '../contract/roles.ts';
import type { KeywordPolicy, KeywordRule } from './keyword-policy.ts';
import { wholeWords } from './words.ts';

/** More than all rules that ship can give together: a phrase is a team's own word on what its agents are for. */
const PHRASE_WEIGHT = 100;

/** FNV-1a, 32 bits: tells tables apart, protects nothing. */
const fingerprint = (text: string): string => {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193) >>> 0;
  return hash.toString(16).padStart(8, '0');
};

const phraseRule = (role: string, phrases: readonly string[]): KeywordRule => ({
  name: `says a phrase of ${role}`,
  role,
  task: role,
  pattern: wholeWords(phrases),
  weight: PHRASE_WEIGHT,
  in: 'prose',
});

/**
 * The policy for the roles of a table: whose agents may answer, and a rule for each role that has phrases. Its version
 * names the table, so that a replay can tell by which one a decision was made.
 */
export const withRoles = (policy: Omit<KeywordPolicy, 'roles'>, table: RoleTable): KeywordPolicy => ({
  ...policy,
  version: `${policy.version}+roles.${fingerprint(JSON.stringify(table))}`,
  // A supervisor chooses; it never answers a user itself.
  roles: new Set(Object.keys(table).filter((role) => role !== 'supervisor')),
  rules: [
    ...policy.rules,
    ...Object.entries(table).flatMap(([role, { phrases }]) =>
      phrases.length === 0 ? [] : [phraseRule(role, phrases)],
    ),
  ],
});
