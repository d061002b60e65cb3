/* Plain JavaScript, so that a Node that can't read the rest still says what is missing. */

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const readsTypeScript = major > 23 || (major === 23 && minor >= 6) || (major === 22 && minor >= 18);

/** Runs `start` if this Node reads TypeScript; else says so in one line, and the exit code is 1. */
export const onNewNode = async (start) => {
  if (readsTypeScript) return void (await start());
  const needed = 'Switchboard needs Node 22.18 or newer (of 23: 23.6); on Linux, npm ci brings one';
  process.stderr.write(`${needed}; this is ${process.versions.node}\n`);
  process.exitCode = 1;
};
