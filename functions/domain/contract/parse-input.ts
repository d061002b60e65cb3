import type * as z from 'zod';
import { Failure, type FieldError } from './failures.ts';

/** How callers call a type. */
const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  array: 'an array',
  object: 'an object',
  record: 'an object',
};

const MAX_FIELDS = 20;
/** What a caller sent can be in a message or be a key. */
const MAX_TEXT = 300;

const messageOf = (issue: z.core.$ZodIssue): string => {
  if (issue.code !== 'invalid_type') return issue.message;
  const message = `must be ${TYPE_WORDS[issue.expected] ?? issue.expected}`;
  return issue.input === undefined ? `is missing: ${message}` : message;
};

const fieldErrors = (error: z.ZodError): readonly FieldError[] =>
  error.issues
    .flatMap((issue) => {
      const path = issue.path.map(String);
      return issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => ({ path: [...path, key].join('.'), message: 'is not a field' }))
        : [{ path: path.join('.'), message: messageOf(issue) }];
    })
    .slice(0, MAX_FIELDS)
    .map(({ path, message }) => ({ path: path.slice(0, MAX_TEXT), message: message.slice(0, MAX_TEXT) }));

/** INVALID_REQUEST that names what is wrong with each of these fields. */
export const invalidFields = (fields: readonly FieldError[]): Failure =>
  new Failure(
    'INVALID_REQUEST',
    fields.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('; '),
    { fields },
  );

/** What the caller sent, in its TypeScript form. @throws Failure INVALID_REQUEST naming what is wrong with each field */
export const parseInput = <T extends z.ZodType>(schema: T, input: unknown): z.output<T> => {
  const result = schema.safeParse(input, { reportInput: true });
  if (result.success) return result.data;
  throw invalidFields(fieldErrors(result.error));
};
