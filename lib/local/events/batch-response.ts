/**
 * Which messages of a batch a function reports as failed (`{"batchItemFailures": [{"itemIdentifier": "…"}]}`). Nothing
 * reported means that all succeeded; a reply that can't be understood, that all failed.
 *
 * @see "Reporting batch item failures", AWS Lambda Developer Guide
 */
export const failedMessageIds = (payload: string, messageIds: readonly string[]): ReadonlySet<string> => {
  const all = new Set(messageIds);
  const reply = parse(payload);
  if (reply === null || reply === undefined) return reply === null ? new Set() : all;
  if (typeof reply !== 'object') return all;
  const failures = 'batchItemFailures' in reply ? reply.batchItemFailures : null;
  if (failures === null) return new Set();
  if (!Array.isArray(failures)) return all;
  const ids = failures.map((failure: { itemIdentifier?: unknown } | null) => failure?.itemIdentifier);
  return ids.every((id) => typeof id === 'string' && all.has(id)) ? new Set(ids as string[]) : all;
};

/** Undefined if it is not JSON; a function that returns nothing gives an empty payload, which counts as null. */
const parse = (payload: string): unknown => {
  if (payload.trim() === '') return null;
  try {
    return JSON.parse(payload) ?? null;
  } catch {
    return undefined;
  }
};
