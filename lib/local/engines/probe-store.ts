import { createRequire } from 'node:module';

interface LevelModule {
  readonly Level: new (folder: string) => { open(): Promise<void>; close(): Promise<void> };
}

/**
 * Opens and closes dynalite's store. dynalite itself throws out of a callback when its store can't be opened, which
 * ends the process; here the same is an error that can be caught.
 * @throws Error that says why: damaged files, or a folder in use
 */
export const probeStore = async (folder: string): Promise<void> => {
  const require = createRequire(import.meta.url);
  const { Level } = createRequire(require.resolve('dynalite'))('level') as LevelModule;
  const store = new Level(folder);
  try {
    await store.open();
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    throw new Error(`The table store ${folder} can't be opened: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    });
  }
  await store.close();
};
