/** Every shape that was seen at one place of the samples. */
interface Seen {
  readonly primitives: Set<string>;
  /** Times that an object stood here. */
  objects: number;
  readonly fields: Map<string, { seen: Seen; times: number }>;
  arrays: number;
  /** Elements of all arrays here, together. */
  elements?: Seen;
  tooDeep?: boolean;
}

/** Below this depth everything is `unknown`. */
const MAX_DEPTH = 32;
/** An object with more keys is taken for a map from string to one type. */
const MAX_KEYS = 300;

const nothing = (): Seen => ({ primitives: new Set(), objects: 0, fields: new Map(), arrays: 0 });

const observe = (seen: Seen, value: unknown, depth: number): void => {
  if (value === null || typeof value !== 'object') {
    seen.primitives.add(value === null ? 'null' : typeof value);
    return;
  }
  if (depth >= MAX_DEPTH) {
    seen.tooDeep = true;
    return;
  }
  if (Array.isArray(value)) {
    seen.arrays += 1;
    seen.elements ??= nothing();
    for (const element of value) observe(seen.elements, element, depth + 1);
    return;
  }
  seen.objects += 1;
  for (const [key, member] of Object.entries(value)) {
    const field = seen.fields.get(key) ?? { seen: nothing(), times: 0 };
    seen.fields.set(key, field);
    field.times += 1;
    observe(field.seen, member, depth + 1);
  }
};

const merge = (into: Seen, from: Seen): Seen => {
  for (const primitive of from.primitives) into.primitives.add(primitive);
  into.objects += from.objects;
  into.arrays += from.arrays;
  if (from.tooDeep) into.tooDeep = true;
  if (from.elements !== undefined) into.elements = merge(into.elements ?? nothing(), from.elements);
  for (const [key, field] of from.fields) {
    const known = into.fields.get(key) ?? { seen: nothing(), times: 0 };
    into.fields.set(key, { seen: merge(known.seen, field.seen), times: known.times + field.times });
  }
  return into;
};

const pascal = (words: string): string => {
  const name = (words.slice(0, 100).match(/[A-Za-z0-9]+/g) ?? [])
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')
    .slice(0, 60);
  return name === '' ? 'Item' : /^\d/.test(name) ? `T${name}` : name;
};

const singular = (name: string): string =>
  /[^s]s$/.test(name) && name.length > 3 ? name.replace(/ies$/, 'y').replace(/s$/, '') : `${name}Item`;

const keyOf = (key: string): string => (/^[A-Za-z_$][\w$]*$/.test(key) ? key : JSON.stringify(key));

/** Renders the types of one root. @returns the expression of `seen`; adds the interfaces it needs to `declared` */
const makeRender = (declared: string[]) => {
  const taken = new Map<string, number>();
  const unique = (name: string): string => {
    const times = (taken.get(name) ?? 0) + 1;
    taken.set(name, times);
    return times === 1 ? name : unique(`${name}${times}`);
  };
  const renderObject = (seen: Seen, name: string): string => {
    if (seen.fields.size === 0) return '{ [key: string]: unknown }';
    if (seen.fields.size > MAX_KEYS) {
      const value = [...seen.fields.values()].map((field) => field.seen).reduce(merge, nothing());
      return `{ [key: string]: ${render(value, `${name}Value`)} }`;
    }
    const own = unique(name);
    const slot = declared.push('') - 1;
    const lines = [...seen.fields].map(
      ([key, field]) => `  ${keyOf(key)}${field.times < seen.objects ? '?' : ''}: ${render(field.seen, pascal(key))};`,
    );
    declared[slot] = `export interface ${own} {\n${lines.join('\n')}\n}`;
    return own;
  };
  const render = (seen: Seen, name: string): string => {
    const parts = [...seen.primitives];
    if (seen.objects > 0) parts.unshift(renderObject(seen, name));
    if (seen.arrays > 0) {
      const element = render(seen.elements ?? nothing(), singular(name));
      parts.unshift(element.includes(' ') ? `(${element})[]` : `${element}[]`);
    }
    return parts.length === 0 || seen.tooDeep ? 'unknown' : parts.join(' | ');
  };
  return render;
};

/**
 * TypeScript declarations that fit a JSON value: nested objects become interfaces, the elements of an array are merged
 * into one type, and a field that not all of them have is optional. Compiles as a module.
 *
 * @param name of the outermost type
 */
export const jsonTypes = (value: unknown, name: string): string => {
  const seen = nothing();
  observe(seen, value, 0);
  const declared: string[] = [];
  const root = pascal(name);
  const plainObject = seen.objects > 0 && seen.fields.size > 0 && seen.fields.size <= MAX_KEYS;
  const expression = makeRender(declared)(seen, plainObject ? root : `${root}Item`);
  return plainObject ? declared.join('\n\n') : [`export type ${root} = ${expression};`, ...declared].join('\n\n');
};
