import * as z from 'zod';

/** Variables of the functions that call agents. */
const CallEnvironment = z.object({
  STAGE: z.string().min(1),
  /** Hosts that HTTPS agents may have, separated by commas; every public one if absent. */
  AGENT_HOSTS: z
    .string()
    .min(1)
    .transform((hosts) => hosts.split(','))
    .optional(),
});
export type CallEnvironment = z.output<typeof CallEnvironment>;

/** Variables of the functions that touch turns. */
export const TurnEnvironment = CallEnvironment.extend({
  CONVERSATIONS_TABLE: z.string().min(1),
  REGISTRY_TABLE: z.string().min(1),
  RETENTION_DAYS: z.coerce.number().int().min(1),
  UNDELIVERED_QUEUE_URL: z.url(),
});

/** Variables of the functions that deliver turns. */
export const DeliveryEnvironment = TurnEnvironment.extend({
  SUPERVISOR_MODE: z.enum(['when_unsure', 'always']),
  SUPERVISOR_TIMEOUT_MS: z.coerce.number().int().min(1),
});

/** Variables of the functions that keep the registry. */
export const RegistryEnvironment = TurnEnvironment.pick({ STAGE: true, AGENT_HOSTS: true, REGISTRY_TABLE: true });

/**
 * The environment, read once at cold start.
 * @throws ZodError naming each variable that is missing or malformed: the function then fails to start
 */
export const readEnvironment = <T extends z.ZodType>(schema: T): z.output<T> => schema.parse(process.env);
