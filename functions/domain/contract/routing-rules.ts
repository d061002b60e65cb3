import * as z from 'zod';
import { Visibility } from './agent.ts';
import { AgentId, TenantId } from './ids.ts';
import { ROLES, Role } from './roles.ts';
import { wire } from './wire.ts';

/** Rules that one owner may have. */
export const MAX_RULES = 200;

/** Bytes (UTF-8) of an owner's rules as JSON: routers keep them in memory and read them whenever they changed. */
export const MAX_RULES_BYTES = 128 * 1024;

const MAX_PRIORITY = 1_000;

/** Below every priority that a rule may say. */
export const LOWEST_PRIORITY = -MAX_PRIORITY - 1;

const listOf = <T extends z.ZodType>(item: T, max: number) => z.array(item).min(1, 'must not be empty').max(max);

const Regex = z
  .string()
  .min(1)
  .max(500)
  .meta({ description: 'In the syntax of RE2: no look-around, no back-references.' });

const Glob = z
  .string()
  .min(1)
  .max(200)
  .meta({ description: '* stands for any run of characters, ? for one, \\ takes the next one literally.' });

const Phrase = z
  .string()
  .min(1)
  .max(100)
  .regex(/^(?=.*[\p{L}\p{N}])\S(.*\S)?$/u, 'must be words in one line, without spaces around them');

const names = (condition: object): readonly string[] =>
  Object.entries(condition).flatMap(([name, value]) => (value === undefined ? [] : [name]));

const TextCondition = wire({
  regex: listOf(Regex, 20).optional(),
  /** Of the whole text, in either case. */
  glob: listOf(Glob, 20).optional(),
  /** Found as whole words, in either case. */
  any_of: listOf(Phrase, 100).optional(),
  /** `prose`: what the caller says, without what they pasted: fenced blocks and lines of code. */
  in: z.enum(['message', 'prose']).default('message'),
}).refine(({ in: _where, ...said }) => names(said).length > 0, 'must have regex, glob or any_of');

const FilesCondition = wire({
  regex: listOf(Regex, 20).optional(),
  /** Of the path, in either case; without a slash, of its last part. `**` as a part stands for any number of parts. */
  glob: listOf(Glob, 20).optional(),
}).refine((said) => names(said).length > 0, 'must have regex or glob');

/** What a message must be like. Conditions must all hold; of a list one suffices. */
const Conditions = wire({
  text: TextCondition.optional(),
  /** Of the name of any one attachment. */
  files: FilesCondition.optional(),
  /** Whose messages; of a global rule alone. */
  tenants: listOf(TenantId, 100).optional(),
}).refine((conditions) => names(conditions).length > 0, 'must have a condition: text, files or tenants');

const KNOWN_CAPABILITIES = new Set(Object.values(ROLES).flatMap(({ capabilities }) => capabilities));

/** Who should answer. */
const Target = wire({
  role: Role.refine((name) => name !== 'supervisor', 'must not be supervisor, which answers nobody').optional(),
  agent_id: AgentId.optional(),
  /** Agents of any role that declare it. */
  capability: z
    .string()
    .max(64)
    .refine((name) => KNOWN_CAPABILITIES.has(name), 'is not a capability of any role')
    .optional(),
}).refine((target) => names(target).length === 1, 'must name exactly one of role, agent_id and capability');

/** One rule: who should answer a message that is like this. */
export const RoutingRule = wire({
  name: z
    .string()
    .max(64)
    .regex(/^[\p{L}\p{N}]([\p{L}\p{N} ._:/-]*[\p{L}\p{N}])?$/u, 'must be letters, digits and  . _ : / - between them'),
  /** Rules are tried from the highest to the lowest; of the same, a tenant's before global ones, then as listed. */
  priority: z.int().min(-MAX_PRIORITY).max(MAX_PRIORITY).default(0),
  when: Conditions,
  to: Target,
  /** One that is not is checked and kept, and matches nothing. */
  enabled: z.boolean().default(true),
}).meta({ id: 'RoutingRule' });
export type RoutingRule = z.output<typeof RoutingRule>;

type Rules = readonly RoutingRule[];

const checkNames = (rules: Rules, complain: (index: number) => void): void => {
  const seen = new Set<string>();
  rules.forEach(({ name }, index) => {
    if (seen.has(name)) complain(index);
    seen.add(name);
  });
};

/** JSON holds no half surrogate pairs: this never throws for it. */
const utf8Bytes = (json: string): number => encodeURIComponent(json).replace(/%[0-9A-F]{2}/g, '.').length;

/** Bytes of rules as they are stored. */
export const storedRules = (rules: Rules): readonly unknown[] => rules.map((rule) => z.encode(RoutingRule, rule));

/** All rules of one owner, as they are sent: they take the place of those before. */
export const RoutingRules = wire({
  rules: z.array(RoutingRule).max(MAX_RULES, `an owner has ${MAX_RULES} rules at most`),
})
  .superRefine(({ rules }, context) => {
    const complain = (path: (string | number)[], message: string) =>
      context.addIssue({ code: 'custom', path, message, input: rules });
    checkNames(rules, (index) => complain(['rules', index, 'name'], 'is the name of another rule, too'));
    if (utf8Bytes(JSON.stringify(storedRules(rules))) > MAX_RULES_BYTES)
      complain(['rules'], `are larger than ${MAX_RULES_BYTES} bytes as JSON`);
  })
  .meta({ id: 'RoutingRules' });
export type RoutingRules = z.output<typeof RoutingRules>;

/** The rules of one owner as they are on record. */
export const RoutingRulesView = wire({
  rules: z.array(RoutingRule),
  /** Names of rules that another version of Switchboard wrote and this one cannot read: they match nothing. */
  unreadable: z.array(z.string()).optional(),
}).meta({
  id: 'RoutingRulesView',
  description:
    'Can be edited and sent back; while it has unreadable rules not as it is, so that none is lost unnoticed.',
});

/** Whose rules: the tenant's own, or those of everybody (with the scope platform). @default - the tenant's own */
export const RulesQuery = z.strictObject({ visibility: Visibility.optional() });
