import * as z from 'zod';

type CamelKey<K> = K extends `${infer Head}_${infer Tail}` ? `${Head}${Capitalize<CamelKey<Tail>>}` : K;

/** `T` with its own keys (not those of nested values) turned from snake_case into camelCase. */
export type Camel<T> = { [K in keyof T as CamelKey<K & string>]: T[K] };

const camelKey = (key: string): string => key.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
const snakeKey = (key: string): string => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const renameKeys = (value: object, rename: (key: string) => string): Record<string, unknown> =>
  Object.fromEntries(Object.entries(value).map(([key, item]) => [rename(key), item]));

const codec = <O extends z.ZodObject>(snake: O) => {
  const camel = z.custom<Camel<z.output<O>>>((value) => typeof value === 'object' && value !== null);
  return z.codec(snake, camel, {
    decode: (value) => renameKeys(value, camelKey) as never,
    encode: (value) => renameKeys(value as object, snakeKey) as never,
  });
};

/**
 * One shape, both forms: `decode` turns the snake_case wire form into the camelCase TypeScript form, `encode` back.
 * Unknown wire keys are rejected by name. The JSON schema (`io: 'input'`) is that of the wire form.
 *
 * @param shape keys as on the wire, in snake_case
 */
export const wire = <S extends z.ZodRawShape>(shape: S) => codec(z.strictObject(shape));

/** Like `wire`, but unknown wire keys are left out: for what Switchboard and agents of other versions tell each other. */
export const tolerantWire = <S extends z.ZodRawShape>(shape: S) => codec(z.object(shape));
