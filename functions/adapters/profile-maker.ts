import type { ProfileMaker } from '../application/agent-ports.ts';
import { makeProfile, profileVersion } from '../domain/routing/scoring/agent-profile.ts';
import { loadEncoder, loadLikenessTable } from './routing-model.ts';

const once = <T>(make: () => T): (() => T) => {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
};

/**
 * Makes profiles by the model in a folder, which is loaded by the first that is made: most calls of the functions that
 * register agents need none. @throws as `loadEncoder` when one is made
 */
export const makeProfileMaker = (folder: URL): ProfileMaker => {
  const table = once(() => loadLikenessTable(folder));
  const encoder = once(() => loadEncoder(folder));
  return {
    version: () => profileVersion(table()),
    make: (definition) =>
      makeProfile(definition, table(), (text) => encoder().readMessage({ text, files: [] }).likeness),
  };
};
