import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { secretArn, secretName } from '../gateway/secret-arn.ts';
import { ServiceError } from '../gateway/service-error.ts';
import { damaged, readJson, writeJson } from '../process/data-folder.ts';
import { isRecord } from '../template/is-record.ts';
import type { Account, ServiceBackend } from '../types.ts';

export interface Secrets {
  /** Answers `GetSecretValue`. */
  readonly backend: ServiceBackend;
  /** Writes a secret, or a new value of it. @throws RangeError if AWS would not take name or value */
  put(name: string, value: string): void;
}

const FILE = 'secrets.json';
const NAME = /^[A-Za-z0-9/_+=.@-]{1,512}$/;
const MAX_VALUE_BYTES = 65_536;

const readSecrets = (folder: string): ReadonlyMap<string, string> => {
  if (!existsSync(join(folder, FILE))) return new Map();
  const stored = readJson(folder, FILE);
  if (!isRecord(stored)) throw damaged(folder, `${FILE} has an unknown form`);
  return new Map(Object.entries(stored).map(([name, value]) => [name, String(value)]));
};

/**
 * Secrets Manager with the one call that functions make of it.
 * @param folder where secrets outlive this process, readable for the owner only; in memory without
 * @throws StartError if the folder's file is damaged
 */
export const openSecrets = (place: Pick<Account, 'region' | 'accountId'>, folder: string | undefined): Secrets => {
  const values = new Map(folder === undefined ? [] : readSecrets(folder));
  return {
    put: (name, value) => {
      if (!NAME.test(name)) throw new RangeError('the name must be 1 to 512 of A-Z a-z 0-9 / _ + = . @ -');
      if (value === '' || Buffer.byteLength(value) > MAX_VALUE_BYTES)
        throw new RangeError(`the value must have 1 to ${MAX_VALUE_BYTES} bytes`);
      values.set(name, value);
      if (folder !== undefined) writeJson(join(folder, FILE), Object.fromEntries(values), 0o600);
    },
    backend: async ({ body }) => {
      const input: unknown = JSON.parse(body.toString('utf8'));
      const name = secretName(isRecord(input) ? String(input.SecretId) : '');
      const value = values.get(name);
      if (value === undefined)
        throw new ServiceError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
      const output = { ARN: secretArn(place, name), Name: name, SecretString: value, VersionStages: ['AWSCURRENT'] };
      return {
        status: 200,
        headers: { 'content-type': 'application/x-amz-json-1.1' },
        body: Buffer.from(JSON.stringify(output)),
      };
    },
  };
};
