import * as z from 'zod';

/** Ids that callers may choose: 1–128 characters of `[A-Za-z0-9._:-]`, but no path segment that URLs resolve away. */
const callerId = z
  .string()
  .regex(/^(?!\.{1,2}$)[A-Za-z0-9._:-]{1,128}$/, 'must be 1–128 characters of A-Z a-z 0-9 . _ : - and not . or ..');

const RESERVED_AGENT_IDS = new Set(['message', 'route', 'status']);

export const AgentId = callerId
  .refine((id) => !RESERVED_AGENT_IDS.has(id), 'is a reserved id')
  .brand<'AgentId'>()
  .meta({ description: 'Id of a registered agent, unique in its tenant.' });
export type AgentId = z.output<typeof AgentId>;

export const ConversationId = callerId.brand<'ConversationId'>();
export type ConversationId = z.output<typeof ConversationId>;

/** `turn_` and 26 characters of Crockford base32: 48 bits of time, 80 of chance; sorts by time. */
export const TurnId = z
  .string()
  .regex(/^turn_[0-9A-HJKMNP-TV-Z]{26}$/, 'is not a turn id')
  .brand<'TurnId'>();
export type TurnId = z.output<typeof TurnId>;

/**
 * Names of a turn as they were stored or queued. Rules for ids hold where callers send them; what is stored came by the
 * rules of its day and must stay readable.
 */
export const STORED_TURN_NAMES = {
  tenant: z.string().brand<'TenantId'>(),
  user_id: z.string().brand<'UserId'>(),
  conversation_id: z.string().brand<'ConversationId'>(),
  turn_id: z.string().brand<'TurnId'>(),
};

/** One delivery of a turn, from its lease to its end. */
export const AttemptId = z.string().min(1).max(64).brand<'AttemptId'>();
export type AttemptId = z.output<typeof AttemptId>;

/** Half a surrogate pair has no UTF-8 form: two ids that differ in it alone would be the same in a store. */
const anyText = z
  .string()
  .min(1)
  .max(256)
  .refine((id) => id.isWellFormed(), 'is not well-formed Unicode');

/** A principal's tenant: `default` without multi-tenancy. Any characters; stores must escape it. */
export const TenantId = anyText
  .refine((id) => id !== 'global', 'global is not a tenant: it owns the agents of all')
  .brand<'TenantId'>();
export type TenantId = z.output<typeof TenantId>;

/** The token's subject. Any characters; stores must escape it. */
export const UserId = anyText.brand<'UserId'>();
export type UserId = z.output<typeof UserId>;
