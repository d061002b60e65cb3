import type { Resource } from '../types.ts';
import { EMULATED_TYPES, type EmulatedProperties } from './emulated-types.ts';
import { isRecord } from './is-record.ts';

/**
 * What of these resources the local cloud neither emulates nor ignores for a written reason: one line each, naming
 * resource, type and property path. Empty if they can run.
 */
export const unsupported = (resources: readonly Resource[]): readonly string[] =>
  resources.flatMap((resource) => {
    if (isCustomResource(resource.type)) return [];
    const type = EMULATED_TYPES[resource.type];
    const where = `${resource.stack}/${resource.logicalId}`;
    if (!type) return [`${where}: the local cloud does not emulate ${resource.type}`];
    if ('ignoredBecause' in type) return [];
    return uncovered(resource.properties, '', type).map(
      (path) => `${where}: the local cloud does not emulate ${path} of ${resource.type}`,
    );
  });

/** Their properties go to the function as they are. */
const isCustomResource = (type: string): boolean =>
  type.startsWith('Custom::') || type === 'AWS::CloudFormation::CustomResource';

/** Paths, such as `Code.ImageUri`, that no list covers. A listed path covers everything below it. */
const uncovered = (value: unknown, path: string, lists: EmulatedProperties): readonly string[] => {
  if (lists.emulated.includes(path) || Object.hasOwn(lists.ignored, path)) return [];
  const isAbove =
    path === '' || [...lists.emulated, ...Object.keys(lists.ignored)].some((p) => p.startsWith(`${path}.`));
  if (!isAbove) return [path];
  if (Array.isArray(value)) return [...new Set(value.flatMap((item) => uncovered(item, path, lists)))];
  if (!isRecord(value)) return [path];
  return Object.entries(value).flatMap(([name, item]) =>
    uncovered(item, path === '' ? name : `${path}.${name}`, lists),
  );
};
