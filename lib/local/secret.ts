import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { AgentSecret, AgentSecretName } from '../../functions/domain/contract/agent-secret.ts';
import { readRecord } from './process/data-folder.ts';
import { StartError } from './process/start-error.ts';

const USAGE = `npm run -s secret -- NAME [--data .local] < value

Writes a secret into the running local cloud's Secrets Manager. The value comes on standard input, since an argument
would stay in the shell's history; a newline at its end is left out. It is JSON of at least one of
{"bearer": "…", "headers": {"x-api-key": "…"}, "signing_key": "whsec_…"}.
  NAME    switchboard/<stage>/<owner>/<host>/<name>, such as switchboard/local/t-acme/agent.example.com/main
  --data  data folder of the local cloud (.local)
  --help  prints this`;
const MORE = 'npm run -s secret -- --help says how';
const TIMEOUT_MS = 10_000;

const main = async (args: readonly string[]): Promise<string> => {
  const { options, names } = readOptions(args);
  if (options.help) return USAGE;
  const [name] = names;
  if (name === undefined || names.length > 1) throw new StartError(`one name is needed; ${MORE}`);
  const wrongName = AgentSecretName.safeParse(name).error?.issues[0];
  if (wrongName !== undefined) throw new StartError(`the name ${wrongName.message}; ${MORE}`);
  if (process.stdin.isTTY) throw new StartError(`the value must come on standard input; ${MORE}`);
  const record = readRecord(options.data);
  if (record === undefined)
    throw new StartError(`no local cloud has run with data folder ${options.data} yet; start one with npm start`);
  const value = (await text(process.stdin)).replace(/\r?\n$/, '');
  checkValue(value);
  await put(record.port, name, value);
  return `wrote ${name}`;
};

const readOptions = (args: readonly string[]) => {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { data: { type: 'string', default: '.local' }, help: { type: 'boolean', default: false } },
    });
    return { options: values, names: positionals };
  } catch (error) {
    throw new StartError(`${(error as Error).message.split('. ')[0]}; ${MORE}`, { cause: error });
  }
};

/** Refuses what agents could not be called with, as the functions would. Nothing that it says quotes the secret. */
const checkValue = (value: string): void => {
  let secret: unknown;
  try {
    secret = JSON.parse(value);
  } catch {
    // Without a cause: a syntax error quotes the text.
    throw new StartError(`the value is not JSON; ${MORE}`);
  }
  const wrong = AgentSecret.safeParse(secret).error?.issues.map(
    ({ path, message }) => `${path.join('.') || 'the whole'}: ${message}`,
  );
  if (wrong !== undefined) throw new StartError(`the value is not an agent's secret (${wrong.join('; ')}); ${MORE}`);
};

const put = async (port: number, name: string, value: string): Promise<void> => {
  const url = `http://127.0.0.1:${port}/_local/secrets/${encodeURIComponent(name)}`;
  const request = { method: 'PUT', body: value, signal: AbortSignal.timeout(TIMEOUT_MS) };
  const reply = await fetch(url, request).catch((cause: unknown) => {
    throw new StartError(`no local cloud answers on port ${port}; start it with npm start`, { cause });
  });
  if (reply.ok) return;
  const problem = (await reply.json()) as { detail?: string };
  throw new StartError(`the secret was not written: ${problem.detail ?? reply.status}`);
};

try {
  process.stdout.write(`${await main(process.argv.slice(2))}\n`);
} catch (error) {
  if (!(error instanceof StartError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
