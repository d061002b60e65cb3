import * as z from 'zod';

const Stage = z.string().min(1);

/** Variables of the functions that touch turns. */
export const TurnEnvironment = z.object({
  STAGE: Stage,
  CONVERSATIONS_TABLE: z.string().min(1),
  REGISTRY_TABLE: z.string().min(1),
  RETENTION_DAYS: z.coerce.number().int().min(1),
  UNDELIVERED_QUEUE_URL: z.url(),
});

/** Variables of the functions that keep the registry. */
export const RegistryEnvironment = TurnEnvironment.pick({ STAGE: true, REGISTRY_TABLE: true });

/**
 * The environment, read once at cold start.
 * @throws ZodError naming each variable that is missing or malformed: the function then fails to start
 */
export const readEnvironment = <T extends z.ZodType>(schema: T): z.output<T> => schema.parse(process.env);
