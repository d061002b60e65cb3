import type { CachedRegistryDependencies } from '../../functions/adapters/cached-registry.ts';

/** What a registry reads of rules where there are none. */
export const withoutRules: Pick<CachedRegistryDependencies, 'readRules' | 'builtInRules'> = {
  readRules: async () => ({ id: undefined, rules: [] }),
  builtInRules: [],
};
