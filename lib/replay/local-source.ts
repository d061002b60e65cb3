import { readKey, signToken } from '../local/oidc.ts';
import { readRecord } from '../local/process/data-folder.ts';
import type { Source } from './read-conversation.ts';
import { ReadError } from './read-error.ts';

/** The local cloud of a data folder, as one of its users. @throws ReadError if none has run with it yet */
export const localSource = async (dataDir: string, user: string): Promise<Source> => {
  const record = readRecord(dataDir);
  const key = readKey(dataDir);
  if (record === undefined || key === undefined)
    throw new ReadError(
      `no local cloud has run with data folder ${dataDir} yet; start one with npm start, or give --url`,
    );
  const token = await signToken(key, record.issuer, { user }, Date.now() + record.clockOffsetMs);
  return { url: `http://127.0.0.1:${record.port}`, token };
};
