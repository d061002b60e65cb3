import type { TenantId, TurnId, UserId } from '../../domain/contract/ids.ts';
import type { ConversationKey } from '../../domain/turn/turn.ts';

/** Percent-encodes the separator and the escape character, so that `a#b` + `c` and `a` + `b#c` differ. */
const escapePart = (part: string): string => part.replaceAll('%', '%25').replaceAll('#', '%23');
const unescapePart = (part: string): string => part.replaceAll('%23', '#').replaceAll('%25', '%');

/** Joins key parts; no two different lists of parts give the same key. */
export const joinKey = (...parts: readonly string[]): string => parts.map(escapePart).join('#');

/** The parts that `joinKey` joined. */
export const splitKey = (key: string): readonly string[] => key.split('#').map(unescapePart);

export const conversationPk = ({ tenant, userId, conversationId }: ConversationKey): string =>
  joinKey('conversation', tenant, userId, conversationId);

/** Beginning of the partition keys of all conversations of a tenant. */
export const tenantPrefix = (tenant: TenantId): string => `${joinKey('conversation', tenant)}#`;

export const ownerKey = (tenant: TenantId, userId: UserId): string => joinKey('owner', tenant, userId);

/** Turns sort between these; heads (`head`) and parts (`part#…`) do not. */
export const TURN_RANGE = { low: 'turn_', high: 'turn_~' } as const;
export const HEAD_SK = 'head';

export const partSk = (turnId: TurnId, owner: string, index: number): string =>
  joinKey('part', turnId, owner, String(index).padStart(4, '0'));

/** Shards of the index of open turns: at 1,000 writes/s each they carry 8,000 turns/s. */
export const OPEN_SHARDS = ['0', '1', '2', '3', '4', '5', '6', '7'] as const;

/** The shard of a turn, from the chance in its id. */
export const openShard = (turnId: TurnId): string => String(turnId.charCodeAt(turnId.length - 1) % OPEN_SHARDS.length);
