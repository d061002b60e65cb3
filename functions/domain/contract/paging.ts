import * as z from 'zod';

/** Which page of a list. */
export const Paging = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  /** `next` of the page before. */
  cursor: z.string().min(1).max(1024).optional(),
});
