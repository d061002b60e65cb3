import { once } from 'node:events';
import { StartError } from '../local/process/start-error.ts';
import { readOptions, USAGE, UsageError } from './options.ts';
import { ReadError } from './read-error.ts';
import { replay } from './replay.ts';

/** As fast as whoever reads it: nothing piles up. */
const print = async (text: string): Promise<void> => {
  if (!process.stdout.write(`${text}\n`)) await once(process.stdout, 'drain');
};

/** Whoever read it has seen enough: `npm run replay … | head`. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

try {
  const options = readOptions(process.argv.slice(2), process.env);
  if (options === undefined) await print(USAGE);
  else await replay(options, { print, note: (text) => console.error(text) });
} catch (error) {
  if (error instanceof UsageError) {
    console.error(`${error.message}; npm run replay -- --help lists the options`);
    process.exitCode = 2;
  } else if (error instanceof ReadError || error instanceof StartError) {
    console.error(error.message);
    process.exitCode = 1;
  } else throw error;
}
