/**
 * Kills the function instances that their parent left behind, however it died. Its standard input is the parent's only
 * means to reach it: lines `+<pid>` and `-<pid>`. The kernel closes that pipe when the parent dies, also by SIGKILL.
 */
const pids = new Set();
let rest = '';

// Ctrl-C and SIGTERM are the parent's business: if it closes in order nothing is left to kill.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined);

process.stdin.setEncoding('utf8');
process.stdin.on('data', (text) => {
  const lines = (rest + text).split('\n');
  rest = lines.pop() ?? '';
  for (const line of lines) {
    const pid = Number(line.slice(1));
    if (line.startsWith('+')) pids.add(pid);
    else pids.delete(pid);
  }
});
process.stdin.on('close', () => {
  for (const pid of pids) {
    try {
      // The whole group: an instance may have started processes of its own.
      process.kill(-pid, 'SIGKILL');
    } catch (error) {
      if (error.code !== 'ESRCH') process.stderr.write(`cannot end ${pid}: ${error.message}\n`);
    }
  }
  process.exit(0);
});
