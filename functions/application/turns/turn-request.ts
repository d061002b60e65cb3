import { Failure } from '../../domain/contract/failures.ts';
import { MAX_CONTEXT_BYTES, MAX_MESSAGE_BYTES, type RouteRequest } from '../../domain/contract/message.ts';
import type { TurnRequest } from '../../domain/turn/turn.ts';

const bytesOf = ({ message, attachments }: Pick<RouteRequest, 'message' | 'attachments'>): number =>
  (attachments ?? []).reduce(
    (sum, { name, content }) => sum + Buffer.byteLength(name) + Buffer.byteLength(content),
    Buffer.byteLength(message),
  );

/** What a turn keeps of a caller's request. @throws Failure MESSAGE_TOO_LARGE, INVALID_REQUEST */
export const turnRequest = (request: RouteRequest): TurnRequest => {
  if (bytesOf(request) > MAX_MESSAGE_BYTES)
    throw new Failure('MESSAGE_TOO_LARGE', 'Message and attachments together may have at most 1 MiB.');
  const limited = { context_data: request.contextData, user_preferences: request.userPreferences };
  for (const [field, value] of Object.entries(limited))
    if (value !== undefined && Buffer.byteLength(JSON.stringify(value)) > MAX_CONTEXT_BYTES)
      throw new Failure('INVALID_REQUEST', `${field} may have at most 64 KiB.`);
  return {
    message: request.message,
    attachments: request.attachments ?? [],
    contextData: request.contextData ?? {},
    userPreferences: request.userPreferences ?? {},
    pinnedAgent: request.agentId,
  };
};
