import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lockFolder } from './folder-lock.ts';
import { StartError } from './start-error.ts';

/** Everything that the local cloud writes into its data folder. Whatever else lies there makes the folder not ours. */
const OWN_NAMES = new Set([
  'cloud.json',
  'oidc-key.json',
  'lock',
  'custom-resources.json',
  'secrets.json',
  'dynamodb',
  'sqs',
  'assembly',
]);

/** What stays the same over restarts, for programs that find the running cloud by its data folder. */
interface CloudRecord {
  /** Layout of the data folder. */
  readonly format: 1;
  readonly port: number;
  /** `iss` of every token. */
  readonly issuer: string;
  /** How far the cloud's clock was moved: what is stored carries its times. */
  readonly clockOffsetMs: number;
}

interface DataFolder {
  readonly path: string;
  readonly record: CloudRecord | undefined;
  writeRecord(record: CloudRecord): void;
  /** Gives the lock back; the contents stay. */
  release(): void;
}

/**
 * Opens the folder that holds the state of one local cloud, and locks it against a second one.
 *
 * @param reset empties it first
 * @throws StartError if it is in use, damaged, or holds files of something else
 */
export const openDataFolder = (path: string, reset: boolean): DataFolder => {
  makeFolder(path);
  refuseForeign(path);
  const release = lockFolder(path);
  try {
    if (reset)
      for (const name of OWN_NAMES) if (name !== 'lock') rmSync(join(path, name), { recursive: true, force: true });
    const record = readRecord(path);
    return {
      path,
      record,
      writeRecord: (next) => writeJson(join(path, 'cloud.json'), next),
      release,
    };
  } catch (error) {
    release();
    throw error;
  }
};

/**
 * The record of the cloud that has this data folder, running or not; undefined before its first start.
 * @throws StartError if it is damaged
 */
export const readRecord = (path: string): CloudRecord | undefined => {
  const file = join(path, 'cloud.json');
  if (!existsSync(file)) return undefined;
  const record = readJson(path, 'cloud.json');
  if (!isRecord(record)) throw damaged(path, 'cloud.json has an unknown form');
  return record;
};

/** @throws StartError if the file is not JSON */
export const readJson = (folder: string, name: string): unknown => {
  const text = readFileSync(join(folder, name), 'utf8');
  try {
    return JSON.parse(text);
  } catch {
    throw damaged(folder, `${name} is not JSON`);
  }
};

/** Replaces a file as a whole: a crash leaves the old or the new one. */
export const writeJson = (file: string, value: unknown, mode = 0o644): void => {
  writeFileSync(`${file}.new`, `${JSON.stringify(value, null, 2)}\n`, { mode });
  renameSync(`${file}.new`, file);
};

export const damaged = (path: string, what: string): StartError =>
  new StartError(`data folder ${path} is damaged: ${what}; start with --reset to empty it`);

const isRecord = (value: unknown): value is CloudRecord =>
  typeof value === 'object' &&
  value !== null &&
  'format' in value &&
  value.format === 1 &&
  'port' in value &&
  Number.isInteger(value.port) &&
  'issuer' in value &&
  typeof value.issuer === 'string' &&
  'clockOffsetMs' in value &&
  typeof value.clockOffsetMs === 'number' &&
  value.clockOffsetMs >= 0;

const makeFolder = (path: string): void => {
  try {
    mkdirSync(path, { recursive: true });
    readdirSync(path);
  } catch (error) {
    throw new StartError(`data folder ${path} can't be used: ${(error as Error).message}`, { cause: error });
  }
};

const refuseForeign = (path: string): void => {
  const foreign = readdirSync(path).find((name) => !OWN_NAMES.has(name.replace(/\.new$/, '')));
  if (foreign !== undefined)
    throw new StartError(
      `${path} is not a data folder of the local cloud: it holds ${foreign}; choose another with --data`,
    );
};
