import { Failure } from '../contract/failures.ts';

/** Which versions a change may start from. */
export type VersionCondition = 'any' | ReadonlySet<number>;

/** The entity tag of a version. */
export const etagOf = (version: number): string => `"${version}"`;

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
    throw new Failure('INVALID_REQUEST', 'If-Match must be *, or ETags as Switchboard sends them, such as "3".');
  return new Set(
    tags.flatMap(([, weak, text = '']) => (weak === undefined && /^[1-9]\d{0,14}$/.test(text) ? [Number(text)] : [])),
  );
};

export const allows = (condition: VersionCondition, version: number): boolean =>
  condition === 'any' || condition.has(version);
