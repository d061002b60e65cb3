import type { Resource } from '../types.ts';

/**
 * The short name of a resource for people: its construct's id in the stack when the template tells it (`Router` for
 * `switchboard-local/Router/Resource`), else its logical id.
 */
export const displayName = (resource: Resource): string => {
  const path = resource.metadata?.['aws:cdk:path'];
  const construct = typeof path === 'string' ? path.split('/')[1] : undefined;
  return construct ?? resource.logicalId;
};
