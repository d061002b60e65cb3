import { parseArgs } from 'node:util';
import { readKey, signToken } from './oidc.ts';
import { readRecord } from './process/data-folder.ts';
import { StartError } from './process/start-error.ts';

const USAGE =
  'npm run -s token -- --user alice [--tenant acme] [--scopes "messages:write agents:read"] [--data .local] [--expires 86400]';

/** Prints a token for the local cloud of a data folder, running or not, and nothing else. */
const main = async (args: readonly string[]): Promise<string> => {
  const options = readOptions(args);
  if (options.help) return USAGE;
  if (options.user === undefined || options.user === '') throw new StartError(`who is it for? ${USAGE}`);
  const expiresInSeconds = Number(options.expires);
  if (!Number.isSafeInteger(expiresInSeconds) || options.expires.trim() === '')
    throw new StartError(`--expires ${options.expires} is not a whole number of seconds`);
  const record = readRecord(options.data);
  const key = readKey(options.data);
  if (record === undefined || key === undefined)
    throw new StartError(`no local cloud has run with data folder ${options.data} yet; start one with npm start`);
  return signToken(
    key,
    record.issuer,
    {
      user: options.user,
      expiresInSeconds,
      ...(options.tenant === undefined ? {} : { tenant: options.tenant }),
      ...(options.scopes === undefined ? {} : { scopes: options.scopes.split(/\s+/).filter((scope) => scope !== '') }),
    },
    Date.now() + record.clockOffsetMs,
  );
};

const readOptions = (args: readonly string[]) => {
  try {
    return parseArgs({
      args: [...args],
      options: {
        user: { type: 'string' },
        tenant: { type: 'string' },
        scopes: { type: 'string' },
        data: { type: 'string', default: '.local' },
        expires: { type: 'string', default: '86400' },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw new StartError(`${(error as Error).message}; usage: ${USAGE}`, { cause: error });
  }
};

try {
  process.stdout.write(`${await main(process.argv.slice(2))}\n`);
} catch (error) {
  if (!(error instanceof StartError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
