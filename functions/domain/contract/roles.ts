import * as z from 'zod';
import SHIPPED_ROLES from './roles.json' with { type: 'json' };
import { wire } from './wire.ts';

/** What the setting `roles` adds, in its wire form: put in when a function is bundled, absent where sources run directly. */
declare const SWITCHBOARD_ROLES: unknown;

const NAME = /^[a-z][a-z0-9_]{0,63}$/;
const NAME_RULE = 'must be 1–64 of a-z 0-9 _ and start with a letter';

/** Words with a meaning of their own where a role can stand: in decisions, in a history, as sender of a message. */
const RESERVED: readonly string[] = ['none', 'unknown', 'user', 'assistant'];

/** The role that chooses among candidates. It never answers a user, so it can't be changed, nor take another's place. */
const SUPERVISOR = 'supervisor';

const MAX_ADDED_ROLES = 32;

const Name = z.string().regex(NAME, NAME_RULE);
const Phrase = z
  .string()
  .min(2, 'must have at least 2 characters')
  .max(100, 'must have at most 100 characters')
  .regex(/^(?=.*[\p{L}\p{N}])\S(.*\S)?$/u, 'must be words in one line, without spaces around them');

/** What the agents of one role may do, how a message asks for them, and who may answer in their place. */
const RoleDefinition = wire({
  /** Capabilities that an agent of this role may declare. */
  capabilities: z.array(Name).max(64).default([]),
  /** Roles that may answer, marked `degraded`, when no agent of this role can. Routing does not use them yet. */
  fallback_roles: z.array(z.string()).max(10).default([]),
  /** Words that ask for this role wherever a message says them, whatever else it says. */
  phrases: z.array(Phrase).max(100).default([]),
});
export type RoleDefinition = z.output<typeof RoleDefinition>;

/** Roles by name. */
export type RoleTable = Readonly<Record<string, RoleDefinition>>;

const Table = z.record(z.string(), RoleDefinition, { error: 'must be an object of roles by their names' });

type Complain = (path: (string | number)[], message: string) => void;

/** What of a role depends on the other roles of its table. */
const checkFallbacks = (table: RoleTable, complain: Complain): void => {
  for (const [name, { fallbackRoles }] of Object.entries(table))
    fallbackRoles.forEach((fallback, index) => {
      if (fallback === name) complain([name, 'fallback_roles', index], 'must be another role');
      else if (fallback === SUPERVISOR)
        complain([name, 'fallback_roles', index], 'must not be supervisor, which answers nobody');
      else if (!Object.hasOwn(table, fallback))
        complain(
          [name, 'fallback_roles', index],
          `${fallback} is not a role; known are ${Object.keys(table).join(', ')}`,
        );
    });
};

const SHIPPED: RoleTable = Table.superRefine((table, context) => {
  checkFallbacks(table, (path, message) => context.addIssue({ code: 'custom', path, message }));
}).parse(SHIPPED_ROLES);

const union = (left: readonly string[] = [], right: readonly string[] = []): string[] => [
  ...new Set([...left, ...right]),
];

/** The roles that ship with Switchboard, extended: new roles, and more of everything for those there are. */
export const rolesWith = (additions: RoleTable): RoleTable => ({
  ...SHIPPED,
  ...Object.fromEntries(
    Object.entries(additions).map(([name, added]) => {
      const shipped = Object.hasOwn(SHIPPED, name) ? SHIPPED[name] : undefined;
      return [
        name,
        {
          capabilities: union(shipped?.capabilities, added.capabilities),
          fallbackRoles: union(shipped?.fallbackRoles, added.fallbackRoles),
          phrases: union(shipped?.phrases, added.phrases),
        },
      ];
    }),
  ),
});

/** A name that a role can have, in this role table or in another installation's. */
export const RoleName = Name.refine((name) => !RESERVED.includes(name), 'is a reserved word and no role');

/** Why a role can't be added under that name. */
const nameProblem = (name: string): string | undefined => {
  if (!NAME.test(name)) return `${NAME_RULE} to be a role`;
  if (RESERVED.includes(name)) return 'is a reserved word and no role';
  if (name === SUPERVISOR) return 'cannot be changed: it chooses among agents and never answers a user';
  return undefined;
};

/** Which role each phrase asks for: no two may claim the same. */
const checkPhrases = (table: RoleTable, complain: Complain): void => {
  const claimed = new Map<string, string>();
  for (const [name, { phrases }] of Object.entries(table))
    phrases.forEach((phrase, index) => {
      const folded = phrase.normalize('NFC').toLowerCase().replace(/\s+/g, ' ');
      const other = claimed.get(folded);
      if (other !== undefined && other !== name) complain([name, 'phrases', index], `is a phrase of ${other} already`);
      claimed.set(folded, name);
    });
};

/** What a team adds to the role table: the setting `roles`. */
export const RoleAdditions = Table.superRefine((additions, context) => {
  const complain: Complain = (path, message) => context.addIssue({ code: 'custom', path, message });
  const names = Object.keys(additions);
  if (names.length > MAX_ADDED_ROLES) complain([], `must be at most ${MAX_ADDED_ROLES} roles`);
  for (const name of names) {
    const problem = nameProblem(name);
    if (problem !== undefined) complain([name], problem);
    else if (!Object.hasOwn(SHIPPED, name) && additions[name]?.capabilities.length === 0)
      complain([name, 'capabilities'], 'must not be empty for a new role');
  }
  const table = rolesWith(additions);
  checkFallbacks(table, complain);
  checkPhrases(table, complain);
});

/** The role and capability table: the one place where a role is defined. Validated when it is loaded. */
export const ROLES: RoleTable = rolesWith(
  RoleAdditions.parse(typeof SWITCHBOARD_ROLES === 'undefined' ? {} : SWITCHBOARD_ROLES),
);

/** The seed's name for it is AgentType. */
export const Role = z
  .string()
  .refine((name) => Object.hasOwn(ROLES, name), {
    error: (issue) => `${String(issue.input)} is not a role; known are ${Object.keys(ROLES).join(', ')}`,
  })
  .brand<'Role'>()
  .meta({ id: 'Role', description: 'A role of the role table.', enum: Object.keys(ROLES) });
export type Role = z.output<typeof Role>;

/** A role as it was stored: perhaps one that has left the table since. */
export const StoredRole = z.string().brand<'Role'>();

/** The role of that name. @throws ZodError if the table has none */
export const role = (name: string): Role => Role.parse(name);

/** Why agents of `role` may not declare `capability`; undefined if they may. */
export const capabilityProblem = (ofRole: string, capability: string, roles = ROLES): string | undefined => {
  const known = roles[ofRole]?.capabilities ?? [];
  if (known.includes(capability)) return undefined;
  return `${capability} is not a capability of ${ofRole}; known are ${known.join(', ')}`;
};
