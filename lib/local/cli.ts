import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import type { Cloud } from './cloud.ts';
import { formatFunctionLine } from './lambda/function-line.ts';
import { watchNpm } from './process/npm-watch.ts';
import { StartError } from './process/start-error.ts';
import type { AddStacks } from './template/synthesize.ts';

const USAGE = `npm start -- [--port 3000] [--data .local] [--reset] [-c name=value] [--stack FILE] [--verbose]

Runs Switchboard on this machine.
  --port     port of the API on 127.0.0.1 (3000)
  --data     folder for what outlives a run (.local)
  --reset    empties that folder first
  -c         a setting of lib/config.ts, as for cdk; may be given several times
  --stack    a module that exports addStacks(app, stage), whose stacks run, too; may be given several times
  --verbose  prints everything that the functions log, not only warnings and errors
  --help     prints this`;

const main = async (args: readonly string[]): Promise<void> => {
  const options = readOptions(args);
  if (options.help) {
    console.log(USAGE);
    return;
  }
  const request = { port: portOf(options.port), settings: settingsOf(options.context) };
  const stop = stopOnSignal();
  const { startCloud } = await import('./cloud.ts');
  const stacks = await Promise.all(options.stack.map(loadStacks));
  const cloud = await startCloud({
    ...request,
    stacks,
    dataDir: options.data,
    reset: options.reset,
    signal: stop.signal,
    progress: (step) => console.log(`… ${step}`),
    report: (error) => console.error(`! ${error.message}`),
    log: ({ functionId, text }) => {
      const line = formatFunctionLine(functionId, text, options.verbose);
      if (line !== undefined) console.log(line);
    },
  });
  console.log(greeting(cloud, await cloud.token({ user: 'alice' }), options.data));
  await stop.asked;
  console.log('stopping (Ctrl-C again ends at once)');
  await cloud.close();
};

const readOptions = (args: readonly string[]) => {
  try {
    return parseArgs({
      args: [...args],
      options: {
        port: { type: 'string', default: '3000' },
        data: { type: 'string', default: '.local' },
        reset: { type: 'boolean', default: false },
        context: { type: 'string', short: 'c', multiple: true, default: [] as string[] },
        stack: { type: 'string', multiple: true, default: [] as string[] },
        verbose: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw new StartError(`${(error as Error).message.split('. ')[0]}; npm start -- --help lists the options`, {
      cause: error,
    });
  }
};

const portOf = (text: string): number => {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535)
    throw new StartError(`--port ${text} is not a port; it must be a number from 0 (any free one) to 65535`);
  return port;
};

const settingsOf = (pairs: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    pairs.map((pair) => {
      const [, name, value] = /^([^=]+)=(.*)$/s.exec(pair) ?? [];
      if (name === undefined || value === undefined) throw new StartError(`-c ${pair} is not name=value`);
      return [name, value];
    }),
  );

/** @throws StartError if there is no such module, or it adds no stacks */
const loadStacks = async (file: string): Promise<AddStacks> => {
  if (!existsSync(file)) throw new StartError(`--stack ${file}: there is no such file`);
  const { addStacks } = (await import(pathToFileURL(file).href)) as { addStacks?: unknown };
  if (typeof addStacks !== 'function')
    throw new StartError(`--stack ${file} exports no function addStacks(app, stage)`);
  return addStacks as AddStacks;
};

/** How often it is looked whether npm is still there. */
const NPM_CHECK_MS = 500;

/**
 * The first Ctrl-C or SIGTERM asks, and so does the end of the npm that runs this; the next signal ends the process at
 * once, which also ends every function.
 */
const stopOnSignal = () => {
  const controller = new AbortController();
  const asked = new Promise<void>((resolve) => controller.signal.addEventListener('abort', () => resolve()));
  for (const name of ['SIGINT', 'SIGTERM'] as const)
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(130);
      controller.abort();
    });
  const isNpmGone = watchNpm();
  setInterval(() => {
    if (isNpmGone()) controller.abort();
  }, NPM_CHECK_MS).unref();
  return { signal: controller.signal, asked };
};

const greeting = (cloud: Cloud, token: string, data: string): string => `
Switchboard is ready at ${cloud.url} (${(performance.now() / 1000).toFixed(1)} s). Ctrl-C stops it.
AWS's APIs, for the SDK and the access key \`operator\`: ${cloud.gatewayUrl}

A token for alice with all scopes, valid for a day (npm run -s token -- --user bob${data === '.local' ? '' : ` --data ${data}`} makes others):
${token}

Try:
curl -s ${cloud.url}/v1/agents/message -H 'authorization: Bearer ${token}' -H 'content-type: application/json' -d '{"message": "What does this do?\\n\`\`\`python\\nimport os\\ndef size(path):\\n    return os.path.getsize(path)\\n\`\`\`"}'
`;

try {
  await main(process.argv.slice(2));
} catch (error) {
  const isAsked = (error as Error).name === 'AbortError';
  if (!isAsked) {
    const isExpected = error instanceof StartError || (error as Error).name === 'SettingsError';
    console.error(isExpected ? (error as Error).message : error);
    process.exitCode = 1;
  }
}
// Whatever a part has left behind must not keep the terminal.
process.exit();
