import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from '../check/run-tool.ts';

const USAGE = `npm run e2e -- [--url https://… --token …] [--other-token …]

Runs the end-to-end suite: without options on a local cloud that it starts, else against a deployed stack.
  --url          base URL of the API, with its stage
  --token        of a user with all scopes
  --other-token  of another user of the same tenant; without it, tests with two users are skipped`;

interface JsonReport {
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

const readOptions = () => {
  const { values } = parseArgs({
    options: {
      url: { type: 'string' },
      token: { type: 'string' },
      'other-token': { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if ((values.url === undefined) !== (values.token === undefined)) throw new Error('--url and --token go together');
  return values;
};

const runSuite = async (env: Readonly<Record<string, string>>, report: string): Promise<number> => {
  const vitest = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
  const options = ['run', '--config', 'test/vitest.config.ts', '--project', 'e2e'];
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const child = spawn(process.execPath, [vitest, ...options, ...reporters], {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  });
  const [code] = await once(child, 'exit');
  return code ?? 1;
};

const skippedIn = (report: string): readonly string[] =>
  (JSON.parse(readFileSync(report, 'utf8')) as JsonReport).testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status }) => status === 'skipped' || status === 'pending')
    .map(({ fullName }) => fullName);

const main = async (): Promise<number> => {
  const { url, token, help, 'other-token': otherToken } = readOptions();
  if (help) {
    console.log(USAGE);
    return 0;
  }
  const folder = mkdtempSync(join(tmpdir(), 'e2e-report-'));
  try {
    const env = {
      ...(url === undefined ? {} : { E2E_URL: url.replace(/\/$/, '') }),
      ...(token === undefined ? {} : { E2E_TOKEN: token }),
      ...(otherToken === undefined ? {} : { E2E_OTHER_TOKEN: otherToken }),
    };
    const code = await runSuite(env, join(folder, 'report.json'));
    const skipped = skippedIn(join(folder, 'report.json'));
    if (skipped.length > 0)
      console.log(
        `Not run, for they need a local cloud or a second user (${skipped.length}):\n  ${skipped.join('\n  ')}`,
      );
    return code;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

try {
  process.exitCode = await main();
} catch (error) {
  console.error(`${(error as Error).message}\n\n${USAGE}`);
  process.exitCode = 1;
}
