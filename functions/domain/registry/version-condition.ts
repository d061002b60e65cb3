import { Failure } from '../contract/failures.ts';

/** A state of an agent's definition. Versions begin at 1 again when an id is registered anew after a removal. */
export interface AgentVersion {
  readonly version: number;
  readonly createdAtMs: number;
}

/** Which versions a change may start from: any, or those with one of these tags; weak ones stand as `W/"…"` and match none. */
export type VersionCondition = 'any' | ReadonlySet<string>;

const tagOf = ({ version, createdAtMs }: AgentVersion): string => `${version}.${createdAtMs.toString(36)}`;

/** The entity tag of a version: strong, and opaque to callers. */
export const etagOf = (version: AgentVersion): string => `"${tagOf(version)}"`;

/** An entity tag's opaque text may hold commas: a list is read tag by tag. @see RFC 9110, 8.8.3 */
const TAG = /\s*(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"\s*(?:,|$)|\s*,/gy;

/**
 * Reads an If-Match header. Its comparison is strong: a weak tag matches no version.
 * @throws Failure INVALID_REQUEST if it is neither `*` nor a list of entity tags
 * @see RFC 9110, 13.1.1
 */
export const readIfMatch = (header: string): VersionCondition => {
  if (header.trim() === '*') return 'any';
  const tags = [...header.matchAll(TAG)];
  const readTo = tags.reduce((sum, [whole]) => sum + whole.length, 0);
  if (readTo < header.trimEnd().length || tags.every(([, , text]) => text === undefined))
    throw new Failure(
      'INVALID_REQUEST',
      'If-Match must be *, or the ETag of a reply with its quotes, such as "3.mi4x2k9s".',
    );
  return new Set(
    tags.flatMap(([, weak, text]) => (text === undefined ? [] : [weak === undefined ? text : `W/"${text}"`])),
  );
};

/** Whether a weak tag was sent: some proxies make one of a strong tag. */
export const hasWeakTag = (condition: VersionCondition): boolean =>
  condition !== 'any' && [...condition].some((tag) => tag.startsWith('W/"'));

export const allows = (condition: VersionCondition, version: AgentVersion): boolean =>
  condition === 'any' || condition.has(tagOf(version));
