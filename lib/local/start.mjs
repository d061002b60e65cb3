import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/* `npm start`: plain JavaScript, so that a Node that can't read the rest still says what is missing. */

const NEEDED = 'Switchboard needs Node 22.18 or newer to run on one machine';
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const atLeast = (wantedMajor, wantedMinor) => major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
const runsTypeScript = atLeast(23, 6) || (major === 22 && minor >= 18);
const runsItWithFlag = atLeast(22, 6);

if (runsTypeScript) {
  await import('./cli.ts');
} else if (runsItWithFlag) {
  // Ctrl-C reaches the child too; this process only has to outlive it.
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => signal === 'SIGTERM' && child.kill(signal));
  const cli = fileURLToPath(new URL('./cli.ts', import.meta.url));
  const child = spawn(process.execPath, ['--experimental-strip-types', cli, ...process.argv.slice(2)], {
    stdio: 'inherit',
  });
  child.on('exit', (code) => {
    process.exitCode = code ?? 1;
  });
} else {
  process.stderr.write(`${NEEDED}; this is ${process.versions.node}\n`);
  process.exitCode = 1;
}
